"""A participant in another language: plain grpcio, no code of sagad's, no server reflection.

    participant.py GENERATED_DIR [[HOST:]PORT]

GENERATED_DIR holds warehouse_pb2.py. Prints "listening on port N" once it is ready.
"""
import sys
import threading
from concurrent import futures

import grpc

sys.path.insert(0, sys.argv[1])
import warehouse_pb2  # noqa: E402


class Warehouse:
    def __init__(self):
        self.lock = threading.Lock()
        self.answers = {}

    def pack(self, request, context):
        key = dict(context.invocation_metadata()).get("idempotency-key", "")
        if not key:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no idempotency-key")
        if request.pieces > 100:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{request.pieces} pieces do not fit")
        with self.lock:
            if key not in self.answers:
                parcel = warehouse_pb2.Parcel(parcel_id="parcel-" + request.order_id)
                parcel.packed_at.GetCurrentTime()
                parcel.packed_in_all = len(self.answers) + 1
                self.answers[key] = parcel
            return self.answers[key]

    def unpack(self, request, context):
        return warehouse_pb2.UnpackResponse()


def main():
    warehouse = Warehouse()
    handlers = {
        "Pack": grpc.unary_unary_rpc_method_handler(
            warehouse.pack,
            request_deserializer=warehouse_pb2.PackRequest.FromString,
            response_serializer=warehouse_pb2.Parcel.SerializeToString),
        "Unpack": grpc.unary_unary_rpc_method_handler(
            warehouse.unpack,
            request_deserializer=warehouse_pb2.UnpackRequest.FromString,
            response_serializer=warehouse_pb2.UnpackResponse.SerializeToString),
    }
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("warehouse.v1.Warehouse", handlers),))
    wanted = sys.argv[2] if len(sys.argv) > 2 else "0"
    port = server.add_insecure_port(wanted if ":" in wanted else f"127.0.0.1:{wanted}")
    server.start()
    print(f"listening on port {port}", flush=True)
    server.wait_for_termination()


main()
