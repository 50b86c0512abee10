/* temp.h - a directory for what other programs are shown, and the making of directories. Private to
 * the job floor. */
#ifndef MIX_JOB_TEMP_H
#define MIX_JOB_TEMP_H

#include "mix/task.h"

void temp_mkdir(struct task *t);
void temp_make(char **temp, struct task *t);
void temp_remove(char *temp); /* with the files in it; frees it, NULL is fine */

#endif
