const print = (...words) => process.stdout.write(`${words.join(" ")}\n`);

const answer = await fetch("https://api.example.com/echo", { method: "POST", body: "from fetch" });
print(answer.status, (await answer.json()).body);
const upload = await fetch("https://api.example.com/count", {
  method: "POST",
  duplex: "half",
  body: new Blob(["y".repeat(3_000_000)]).stream(),
});
print((await upload.json()).size);
const refused = await fetch("https://api.example.com/echo", { method: "DELETE" });
print(refused.status, (await refused.json()).reason);
