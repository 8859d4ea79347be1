# transload_embed_sql(MODULE): sql/queries/*.sql and sql/migrations/*.sql become tables in the build directory (never committed).
function(transload_embed_sql module)
    set(out ${CMAKE_BINARY_DIR}/generated)
    file(GLOB sql CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/queries/*.sql ${CMAKE_SOURCE_DIR}/sql/migrations/*.sql
         ${CMAKE_SOURCE_DIR}/sql/import/*.sql)
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    add_custom_command(
        OUTPUT ${out}/db/queries.h ${out}/sql_tables.c ${out}/import/old_sql.h ${out}/sql_import.c
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.py ${CMAKE_SOURCE_DIR}/sql ${out}
        DEPENDS ${sql} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.py
        COMMENT "Embedding SQL" VERBATIM)
    add_custom_target(transload_sql DEPENDS ${out}/db/queries.h ${out}/sql_tables.c ${out}/sql_import.c)
    # ISO C asks for 4095 bytes in one string; a migration is longer, and every compiler we build with takes it.
    set_source_files_properties(${out}/sql_tables.c PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
    target_sources(transload_${module} PRIVATE ${out}/sql_tables.c ${out}/db/queries.h)
    target_include_directories(transload_${module} PUBLIC ${out})
endfunction()

# transload_embed_old_sql(MODULE): sql/import/*.sql, which are run against another registry's database.
function(transload_embed_old_sql module)
    target_sources(transload_${module} PRIVATE ${CMAKE_BINARY_DIR}/generated/sql_import.c)
    add_dependencies(transload_${module} transload_sql)
endfunction()
