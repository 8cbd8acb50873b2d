import requests

session = requests.Session()
for text in ("first", "second"):
    answer = session.post("https://api.example.com/echo", data=text, timeout=20)
    print(answer.status_code, answer.json()["body"])
print(len(session.get("https://api.example.com/big", timeout=20).content))
refused = session.delete("https://api.example.com/echo", timeout=20)
print(refused.status_code, refused.headers["x-bot-bottle-block"])
