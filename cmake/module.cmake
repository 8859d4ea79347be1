# transload_module(NAME [USES module...] [LIBS library...])
#
# One folder is one static library. Its public headers are include/NAME/*.h, its private ones lie beside the sources. Only the
# modules under USES are visible: each module's include directory holds nothing but its own headers.
function(transload_module name)
    cmake_parse_arguments(M "" "" "USES;LIBS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
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
    set_target_properties(transload_${name} PROPERTIES TRANSLOAD_LIBS "${M_LIBS}")
    list(TRANSFORM M_USES PREPEND transload_)
    target_link_libraries(transload_${name} PUBLIC ${M_USES} PRIVATE ${M_LIBS} transload_build)
    set_property(GLOBAL APPEND PROPERTY TRANSLOAD_MODULES ${name})
endfunction()
