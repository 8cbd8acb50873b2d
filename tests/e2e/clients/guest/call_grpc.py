import queue

import grpc

with grpc.secure_channel("api.example.com:8443", grpc.ssl_channel_credentials()) as channel:
    call = channel.unary_unary("/demo.Echo/Once")
    answer, facts = call.with_call(b"hello", timeout=20)
    print("once", answer.decode(), dict(facts.trailing_metadata())["x-served"])

    # The next message goes only when the answer to the one before has come: neither direction is collected.
    outbox = queue.Queue()
    answers = channel.stream_stream("/demo.Echo/Each")(iter(outbox.get, None), timeout=20)
    for text in (b"one", b"two", b"three"):
        outbox.put(text)
        print("each", next(answers).decode())
    outbox.put(None)
    print("rest", list(answers))

    try:
        channel.unary_unary("/demo.Echo/Fail")(b"", timeout=20)
    except grpc.RpcError as error:
        print("fail", error.code().name, error.details())

    try:
        channel.unary_unary("/demo.Other/Call")(b"", timeout=20)
    except grpc.RpcError as error:
        print("refused", error.code().name)
