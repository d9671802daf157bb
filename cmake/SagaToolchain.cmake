# Compiler, linker and cache settings that hold for every target of the project.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Relative paths, so that two checkouts share what they compile.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

add_link_options(-Wl,--as-needed)

if(SAGA_SANITIZE)
  add_compile_options(-fsanitize=${SAGA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SAGA_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND SAGA_SANITIZE MATCHES thread)
    # Debian's libraries are built without it, and protobuf's map fields have two more members where
    # this is defined: reflection over them would read beside them. libstdc++ is told by its own name.
    add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
  endif()
endif()

# What our own code is compiled with; generated code does not link this.
add_library(saga_warnings INTERFACE)
# Designated initializers name what differs from the default; GCC 12 would have them name everything.
target_compile_options(saga_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wswitch-enum -Wno-missing-field-initializers -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # GCC 12 sees an overlap in every `text + string` that it inlines (its bug 105651).
  target_compile_options(saga_warnings INTERFACE -Wno-restrict)
else()
  # Who may touch what under which lock: base/mutex.h says it, Clang checks it. librdkafka's macros are GNU's.
  target_compile_options(saga_warnings INTERFACE -Wthread-safety -Wno-gnu-statement-expression-from-macro-expansion)
endif()
