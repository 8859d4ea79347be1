# transload_module(NAME [USES module...] [LIBS library...] [GLOBUS source...])
#
# One folder is one static library. Its public headers are include/NAME/*.h, its private ones lie beside the sources. Only the
# modules under USES are visible: each module's include directory holds nothing but its own headers. Built without Globus, the sources
# under GLOBUS and the modules that are not there are left out.
set(TRANSLOAD_GLOBUS_MODULES globus transfer setup)

function(transload_module name)
    cmake_parse_arguments(M "" "" "USES;LIBS;GLOBUS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
    if(NOT ENABLE_GLOBUS)
        list(REMOVE_ITEM M_USES ${TRANSLOAD_GLOBUS_MODULES})
        set(absent ${M_GLOBUS})
        list(TRANSFORM M_GLOBUS PREPEND ${CMAKE_SOURCE_DIR}/src/${name}/)
        list(TRANSFORM M_GLOBUS APPEND .c)
        list(REMOVE_ITEM sources ${M_GLOBUS})
    endif()
    if(NOT sources)
        # A module that has only its contract so far: what links to it compiles against the headers.
        set(sources ${CMAKE_BINARY_DIR}/generated/${name}_empty.c)
        file(CONFIGURE OUTPUT ${sources} CONTENT "extern int transload_${name}_is_empty;\n")
    endif()
    add_library(transload_${name} STATIC ${sources})

    # include/NAME is published through a directory that contains only NAME, so that a forbidden include fails to compile.
    set(published ${CMAKE_BINARY_DIR}/include-${name})
    file(MAKE_DIRECTORY ${published})
    if(EXISTS ${CMAKE_SOURCE_DIR}/include/${name})
        file(CREATE_LINK ${CMAKE_SOURCE_DIR}/include/${name} ${published}/${name} SYMBOLIC)
    endif()
    target_include_directories(transload_${name} PUBLIC ${published} PRIVATE ${CMAKE_SOURCE_DIR}/src/${name})

    # Unit tests see what the sources see: the private headers and the wrapped libraries.
    set_target_properties(transload_${name} PROPERTIES TRANSLOAD_LIBS "${M_LIBS}" TRANSLOAD_ABSENT "${absent}")
    list(TRANSFORM M_USES PREPEND transload_)
    target_link_libraries(transload_${name} PUBLIC ${M_USES} PRIVATE ${M_LIBS} transload_build)
    set_property(GLOBAL APPEND PROPERTY TRANSLOAD_MODULES ${name})
endfunction()
