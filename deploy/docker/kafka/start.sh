#!/bin/bash
# Writes the properties from the environment, formats the data folder on the first start, then becomes the broker.
set -euo pipefail
properties=/tmp/server.properties
: >"$properties"
while IFS='=' read -r -d '' name value; do
  case $name in
    KAFKA_HEAP_OPTS | KAFKA_JVM_* | KAFKA_LOG4J_*) ;;
    KAFKA_*)
      name=${name#KAFKA_}
      name=${name,,}
      printf '%s=%s\n' "${name//_/.}" "$value" >>"$properties"
      ;;
  esac
done < <(env -0)
read -ra heap <<<"${KAFKA_HEAP_OPTS:--Xms64m -Xmx256m}"
java=(java "${heap[@]}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=/tmp
  -Dorg.slf4j.simpleLogger.showDateTime=true -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '/opt/kafka/lib/*')
if ! [ -s "${KAFKA_LOG_DIRS:?}/meta.properties" ]; then
  "${java[@]}" kafka.tools.StorageTool format -t "${CLUSTER_ID:?}" -c "$properties"
fi
exec "${java[@]}" kafka.Kafka "$properties"
