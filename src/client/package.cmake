# libmix for other programs: the floors base, wire, net and client as one shared and one static library that show
# nothing but mix_*, with headers, pkg-config and CMake packages, and the reference made from the headers.
include(CMakePackageConfigHelpers)

set(mix_headers client.h calls.h calls.def types.h types_admin.h ops.def events.def errors.def)
list(TRANSFORM mix_headers PREPEND ${PROJECT_SOURCE_DIR}/include/mix/)
set(mix_objects "")
foreach(floor base wire net client)
  list(APPEND mix_objects $<TARGET_OBJECTS:mix_${floor}>)
endforeach()
set(mix_soversion 0)
set(mix_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mix)

# ---- shared ----
add_library(mix SHARED ${mix_objects})
target_include_directories(mix INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(mix PRIVATE PkgConfig::CURL PkgConfig::CJSON Threads::Threads)
set_target_properties(mix PROPERTIES
  LINKER_LANGUAGE C VERSION ${PROJECT_VERSION} SOVERSION ${mix_soversion})
if(NOT APPLE)
  set(mix_map ${PROJECT_SOURCE_DIR}/src/client/mix.map)
  target_link_options(mix PRIVATE -Wl,--version-script=${mix_map})
  set_target_properties(mix PROPERTIES LINK_DEPENDS ${mix_map})
endif()
if(MIX_SANITIZE)
  target_link_options(mix PRIVATE -fsanitize=${MIX_SANITIZE})
elseif(NOT APPLE)
  target_link_options(mix PRIVATE -Wl,-z,defs)
endif()
if(MIX_COVERAGE)
  target_link_options(mix PRIVATE --coverage)
endif()
if(MIX_HAS_RELRO)
  target_link_options(mix PRIVATE -Wl,-z,relro,-z,now)
endif()
install(TARGETS mix LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT libmix NAMELINK_COMPONENT libmix)

# ---- static: one object in which everything that is hidden has become local ----
if(CMAKE_OBJCOPY AND NOT APPLE)
  set(mix_archive ${PROJECT_BINARY_DIR}/libmix.a)
  add_custom_command(OUTPUT ${mix_archive}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o libmix.o ${mix_objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden libmix.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${mix_archive}
    COMMAND ${CMAKE_AR} qcs ${mix_archive} libmix.o
    DEPENDS mix_base mix_wire mix_net mix_client ${mix_objects}
    COMMENT "Linking C static library libmix.a" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(mix_static ALL DEPENDS ${mix_archive})
  install(FILES ${mix_archive} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libmix)
endif()

# ---- how it is found ----
file(RELATIVE_PATH mix_prefix_from_pc
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/src/client/mix.pc.in ${PROJECT_BINARY_DIR}/mix.pc @ONLY)
configure_package_config_file(${PROJECT_SOURCE_DIR}/src/client/mixConfig.cmake.in
  ${PROJECT_BINARY_DIR}/mixConfig.cmake INSTALL_DESTINATION ${mix_package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mixConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${mix_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mix COMPONENT libmix)
install(FILES ${PROJECT_BINARY_DIR}/mix.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libmix)
install(FILES ${PROJECT_BINARY_DIR}/mixConfig.cmake ${PROJECT_BINARY_DIR}/mixConfigVersion.cmake
  DESTINATION ${mix_package_dir} COMPONENT libmix)

# ---- the reference ----
set(mix_reference ${PROJECT_SOURCE_DIR}/src/client/reference.awk)
foreach(form IN ITEMS man markdown)
  if(form STREQUAL "man")
    set(page ${PROJECT_BINARY_DIR}/libmix.3)
  else()
    set(page ${PROJECT_BINARY_DIR}/libmix.md)
  endif()
  add_custom_command(OUTPUT ${page}
    COMMAND awk -v form=${form} -v version=${PROJECT_VERSION} -v out=${page} -f ${mix_reference}
            ${PROJECT_SOURCE_DIR}/include/mix/client.h ${PROJECT_SOURCE_DIR}/include/mix/calls.h
            ${PROJECT_SOURCE_DIR}/include/mix/calls.def ${PROJECT_SOURCE_DIR}/include/mix/types.h
            ${PROJECT_SOURCE_DIR}/include/mix/types_admin.h
    DEPENDS ${mix_reference} ${mix_headers} ${PROJECT_SOURCE_DIR}/src/wire/shapes_event.c VERBATIM)
  list(APPEND mix_pages ${page})
endforeach()
add_custom_target(mix_reference ALL DEPENDS ${mix_pages})
install(FILES ${PROJECT_BINARY_DIR}/libmix.3
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man3 COMPONENT libmix)
install(FILES ${PROJECT_BINARY_DIR}/libmix.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT libmix)
