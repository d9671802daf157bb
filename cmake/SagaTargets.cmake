# How targets are declared here: one folder, one target, with the layers that it may include as DEPENDS.
include(CMakeParseArguments)

# saga_library(NAME SOURCES ... DEPENDS ...) makes saga_NAME, with the alias saga::NAME.
function(saga_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(ARG_SOURCES)
    add_library(saga_${name} STATIC ${ARG_SOURCES})
    target_include_directories(saga_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(saga_${name} PUBLIC ${ARG_DEPENDS} PRIVATE saga_warnings)
  else()
    add_library(saga_${name} INTERFACE)
    target_include_directories(saga_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(saga_${name} INTERFACE ${ARG_DEPENDS})
  endif()
  add_library(saga::${name} ALIAS saga_${name})
endfunction()

# saga_executable(NAME SOURCES ... DEPENDS ...): all programs land in build/<preset>/bin.
function(saga_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} saga_warnings)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# saga_test(NAME LABEL unit|contract|simulation|integration|tidy SOURCES ... DEPENDS ...). The label says what the test
# needs: unit, contract, simulation and tidy need nothing; integration needs what tests/support starts by itself.
function(saga_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest_main saga_warnings)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # One ctest entry per program: starting a process per case would cost more than the cases.
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
  # tests_unit and so on build the tests of one label: what a sanitizer run needs.
  add_dependencies(tests_${ARG_LABEL} ${name})
endfunction()

# saga_proto_library(NAME [GRPC] ROOT dir PROTOS files... DEPENDS ...): C++ (and gRPC stubs) from protos below ROOT.
# Generated code is a target of its own and is not held to our warnings.
function(saga_proto_library name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "PROTOS;DEPENDS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/gen/${name})
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(outputs ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(grpc_args)
    if(ARG_GRPC)
      list(APPEND outputs ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      set(grpc_args --grpc_out=${out} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --cpp_out=${out} ${grpc_args} -I ${ARG_ROOT} ${ARG_ROOT}/${proto}
      DEPENDS ${ARG_ROOT}/${proto}
      COMMENT "protoc ${proto}"
      VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(saga_${name} STATIC ${sources})
  # What clang-tidy needs of a build: the headers that protoc makes.
  add_custom_target(saga_${name}_generated DEPENDS ${sources})
  add_dependencies(generated saga_${name}_generated)
  add_dependencies(saga_${name} saga_${name}_generated)
  target_include_directories(saga_${name} SYSTEM PUBLIC ${out})
  target_compile_options(saga_${name} PRIVATE -w)
  if(ARG_GRPC)
    target_link_libraries(saga_${name} PUBLIC gRPC::grpc++)
  endif()
  target_link_libraries(saga_${name} PUBLIC protobuf::libprotobuf ${ARG_DEPENDS})
  add_library(saga::${name} ALIAS saga_${name})
endfunction()
