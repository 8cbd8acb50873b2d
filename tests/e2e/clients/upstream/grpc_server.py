"""A gRPC server of bytes: one call that answers once, one that answers each message as it comes, one that fails."""

import json
from concurrent import futures

import grpc


def say(context, name):
    metadata = dict(context.invocation_metadata())
    line = {"kind": "request", "line": f"gRPC {name}", "authorization": metadata.get("authorization", "")}
    print(json.dumps(line), flush=True)
    context.set_trailing_metadata((("x-served", name),))


def once(request, context):
    say(context, "Once")
    return request.upper()


def each(requests, context):
    say(context, "Each")
    for request in requests:
        yield request.upper()


def fail(_request, context):
    say(context, "Fail")
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not today")


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
server.add_generic_rpc_handlers([
    grpc.method_handlers_generic_handler("demo.Echo", {
        "Once": grpc.unary_unary_rpc_method_handler(once),
        "Each": grpc.stream_stream_rpc_method_handler(each),
        "Fail": grpc.unary_unary_rpc_method_handler(fail),
    })
])
with open("/tmp/key.pem", "rb") as key, open("/tmp/cert.pem", "rb") as cert:
    credentials = grpc.ssl_server_credentials([(key.read(), cert.read())])
server.add_secure_port("0.0.0.0:8443", credentials)
server.start()
print("ready", flush=True)
server.wait_for_termination()
