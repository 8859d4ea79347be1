# The Debian package (deploy/package.sh) and the source tarball (target dist).
set(TRANSLOAD_PACKAGE_VERSION ${PROJECT_VERSION} CACHE STRING "Version of the Debian package")
string(TIMESTAMP TRANSLOAD_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH when it is set
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME transload)
set(CPACK_PACKAGE_VERSION ${TRANSLOAD_PACKAGE_VERSION})
set(CPACK_PACKAGE_CONTACT "Transload maintainers <maintainers@transload.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "registry for Singularity images with Globus built in")
set(CPACK_PACKAGE_DESCRIPTION "Users push Singularity and Apptainer images with the sregistry client,
find them in a portal, and send them to their cluster with Globus. The
program runs behind an nginx and beside a PostgreSQL that the site
already has; images are plain files, named by their digest.")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "nginx, postgresql (>= 15)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(control ${CMAKE_SOURCE_DIR}/deploy/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${control}/postinst ${control}/prerm ${control}/postrm ${control}/conffiles)
set(CPACK_SET_DESTDIR ON) # /etc lies outside the prefix
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package_times.cmake)

# What Debian wants to find in the directory of documents, and others need not have.
install(FILES deploy/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
set(changelog ${CMAKE_BINARY_DIR}/debian/changelog)
configure_file(deploy/debian/changelog.in ${changelog} @ONLY)
execute_process(COMMAND ${GZIP} -9nf ${changelog} COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${changelog}.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES deploy/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME transload)
include(CPack)

# Exactly what is committed; it builds without a network. git-archive(1) gives every entry the time of the commit.
set(tarball transload-${TRANSLOAD_PACKAGE_VERSION})
add_custom_target(dist
    COMMAND git -C ${CMAKE_SOURCE_DIR} archive --prefix=${tarball}/ -o ${CMAKE_BINARY_DIR}/${tarball}.tar HEAD
    COMMAND ${GZIP} -9nf ${CMAKE_BINARY_DIR}/${tarball}.tar
    COMMENT "Writing ${tarball}.tar.gz" VERBATIM)
