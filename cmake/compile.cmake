# Flags every module is built with. Attributes live in include/base/attrs.h; nothing else may test for a compiler.
option(TRANSLOAD_SANITIZE "ASan and UBSan, no recovery, one malloc per arena allocation" OFF)
option(TRANSLOAD_ANALYZE "gcc -fanalyzer, and clang-tidy over every source" OFF)
option(TRANSLOAD_COVERAGE "Instrument for gcovr" OFF)
option(TRANSLOAD_FUZZ "Build tests/fuzz with libFuzzer instead of the replay driver" OFF)
option(ENABLE_GLOBUS "Transfers with Globus; without it no code of it is built" ON)
option(TRANSLOAD_FAULTS "Honour TRANSLOAD_CRASH_AT (tests kill a worker at a named point)" ON)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

add_library(transload_build INTERFACE)
target_compile_definitions(transload_build INTERFACE _POSIX_C_SOURCE=200809L TRANSLOAD_VERSION="${PROJECT_VERSION}")
target_compile_options(transload_build INTERFACE
    -pedantic -Wall -Wextra -Werror -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla
    -Wwrite-strings -Wcast-qual -Wnull-dereference -Wswitch-enum -Wdouble-promotion -fno-common
    $<$<C_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>)

if(ENABLE_GLOBUS)
    target_compile_definitions(transload_build INTERFACE TRANSLOAD_GLOBUS)
endif()
if(TRANSLOAD_FAULTS)
    target_compile_definitions(transload_build INTERFACE TRANSLOAD_FAULTS)
endif()
if(TRANSLOAD_SANITIZE)
    target_compile_definitions(transload_build INTERFACE TRANSLOAD_ARENA_MALLOC)
    target_compile_options(transload_build INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                           -fno-omit-frame-pointer -O1)
    target_link_options(transload_build INTERFACE -fsanitize=address,undefined)
endif()
if(TRANSLOAD_FUZZ)
    target_compile_options(transload_build INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(TRANSLOAD_COVERAGE)
    target_compile_options(transload_build INTERFACE --coverage -O0)
    target_link_options(transload_build INTERFACE --coverage)
endif()
if(TRANSLOAD_ANALYZE)
    target_compile_options(transload_build INTERFACE -fanalyzer)
    # clang-tidy reads the same commands, but does not know gcc's own options.
    add_custom_target(tidy ALL
        COMMAND mkdir -p tidy
        COMMAND sed -e "s/ -fanalyzer//" -e "s/ -Wduplicated-cond//" -e "s/ -Wlogical-op//" compile_commands.json > tidy/compile_commands.json
        COMMAND run-clang-tidy -quiet -p tidy "${CMAKE_SOURCE_DIR}/src/.*"
        COMMENT "clang-tidy over every source" VERBATIM)
    add_dependencies(tidy transload) # what is generated must be there
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    target_compile_options(transload_build INTERFACE -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
                           -ftrivial-auto-var-init=zero)
    # The same source gives the same program wherever it is built.
    target_compile_options(transload_build INTERFACE -ffile-prefix-map=${CMAKE_BINARY_DIR}=build -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
    target_link_options(transload_build INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
