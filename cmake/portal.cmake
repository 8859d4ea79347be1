# The pages in their frame and the assets below their digest: www/ in the build directory, as nginx serves it (docs/adr/0021).
set(TRANSLOAD_LANGUAGE en CACHE STRING "Language of the portal: a file of www/words (docs/adr/0018)")
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/www/*)
add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/www/pages/error.html
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/build_portal.py ${CMAKE_SOURCE_DIR}/www ${CMAKE_BINARY_DIR}/www ${TRANSLOAD_LANGUAGE}
            $<IF:$<BOOL:${ENABLE_GLOBUS}>,ON,OFF>
    DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/cmake/build_portal.py ${CMAKE_SOURCE_DIR}/cmake/portal_words.py
    COMMENT "Putting the portal together" VERBATIM)
add_custom_target(portal ALL DEPENDS ${CMAKE_BINARY_DIR}/www/pages/error.html)
install(DIRECTORY ${CMAKE_BINARY_DIR}/www DESTINATION ${CMAKE_INSTALL_DATADIR}/transload)
