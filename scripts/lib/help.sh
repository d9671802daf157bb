# ./saga help.

command_help() {
  cat <<'TEXT'
usage: ./saga COMMAND

  up [--no-install] [--kafka HOST:PORT]      set up, build, start everything, run the checkout saga, show the tour
  status                                     what runs, and where
  logs [NAME] [-f]                           the end of the logs, of all services or one
  down [--wipe]                              stop everything; --wipe removes its data too
  chaos SERVICE down|slow|flaky|up           break a participant (orders, inventory, payments, shipping), or mend it
  demo FLOW [--sagas N] [--kill N] [--chaos] [--window 10s] [--stock 300] [--rate 100]
                                             run order-pay, checkout, post-payment or quote-cap-pivot, and check it;
                                             --kill: sagad, N times; --chaos: participants, all the time

  up --compose [--no-install]                the same in containers: two sagad, PostgreSQL, Kafka, the demo services;
                                             also: down --compose [--wipe], chaos --compose SERVICE FAULT

  test [--no-install] [--without-kafka] [FILTER]
                                             set up, build and run all tests that need no container engine
  test --sanitizer asan|tsan [FILTER]        unit, contract and simulation tests with a sanitizer
  test --compose [--mutant NAME] [FILTER]    the whole system in containers, with faults; starts an engine if none runs
  bench [--no-install] [ARGUMENT...]         measure beside a bare twin; the arguments are bench/run.sh's
  tidy [--all] [FOLDER|FILE...]              clang-tidy over what changed, everything, or what is named
  fuzz [NAME] [--runs N] [--seconds N]       fuzz what reads bytes from outside: expr, definition, record, filter, names,
                                             task_token; a million runs each, or until the seconds are over
  help                                       this

Nothing outside the state folder is touched, except that missing Debian packages are installed (--no-install: never).
SAGA_STATE names another state folder.
TEXT
}
