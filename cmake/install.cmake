# What `cmake --install` puts where, beside the program and the portal. Files that name a path are written for the prefix of this build.
set(units ${CMAKE_BINARY_DIR}/systemd)
file(READ deploy/systemd/shut-in.conf TRANSLOAD_SHUT_IN) # what each of the units says
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS deploy/systemd/shut-in.conf)
foreach(TRANSLOAD_POOL api upload)
    configure_file(deploy/systemd/transload-pool.service.in ${units}/transload-${TRANSLOAD_POOL}.service @ONLY)
    configure_file(deploy/systemd/transload-pool.socket.in ${units}/transload-${TRANSLOAD_POOL}.socket @ONLY)
endforeach()
foreach(TRANSLOAD_UNIT agent doctor)
    configure_file(deploy/systemd/transload-${TRANSLOAD_UNIT}.service.in ${units}/transload-${TRANSLOAD_UNIT}.service @ONLY)
endforeach()
configure_file(deploy/systemd/transload-doctor.timer ${units}/transload-doctor.timer COPYONLY)
install(DIRECTORY ${units}/ DESTINATION lib/systemd/system)
install(FILES deploy/systemd/transload.sysusers DESTINATION lib/sysusers.d RENAME transload.conf)
install(FILES deploy/systemd/transload.tmpfiles DESTINATION lib/tmpfiles.d RENAME transload.conf)
install(FILES nginx/transload-http.conf nginx/transload-locations.conf DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/transload/nginx)
install(FILES deploy/transload.conf.example DESTINATION ${CMAKE_INSTALL_DATADIR}/transload)

# Manual pages: written by the program's own tables, so they cannot say anything else (docs/manual.py).
set(manuals ${CMAKE_BINARY_DIR}/man)
find_program(GZIP gzip REQUIRED)
add_custom_command(
    OUTPUT ${manuals}/man1/transload.1.gz
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/docs/manual.py $<TARGET_FILE:transload> ${manuals}
    COMMAND ${GZIP} -9nf ${manuals}/man1/transload.1 ${manuals}/man5/transload.conf.5 ${manuals}/man8/transload-api.service.8
    DEPENDS transload ${CMAKE_SOURCE_DIR}/docs/manual.py
    COMMENT "Writing the manual pages" VERBATIM)
add_custom_target(manuals ALL DEPENDS ${manuals}/man1/transload.1.gz)
install(DIRECTORY ${manuals}/ DESTINATION ${CMAKE_INSTALL_MANDIR})
