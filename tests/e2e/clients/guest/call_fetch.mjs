const answer = await fetch("https://api.example.com/echo", { method: "POST", body: "from fetch" });
console.log(answer.status, (await answer.json()).body);
const upload = await fetch("https://api.example.com/count", {
  method: "POST",
  duplex: "half",
  body: new Blob(["y".repeat(3_000_000)]).stream(),
});
console.log((await upload.json()).size);
const refused = await fetch("https://api.example.com/echo", { method: "DELETE" });
console.log(refused.status, (await refused.json()).reason);
