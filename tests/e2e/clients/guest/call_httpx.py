import httpx

for http2 in (False, True):
    with httpx.Client(http2=http2, timeout=20) as client:
        answer = client.post("https://api.example.com/echo", content=b"x" * 300_000)
        print(answer.http_version, answer.status_code, len(answer.json()["body"]))
        refused = client.delete("https://api.example.com/echo")
        print(refused.http_version, refused.status_code, refused.headers["x-bot-bottle-block"])
        with client.stream("GET", "https://api.example.com/events") as events:
            print([line for line in events.iter_lines() if line])
