// Draws ZPL with zpl-renderer-js. In: lines of JSON {zpl, width_mm, height_mm, dots_per_mm}. Out: a line for each, a PNG in base64.
import { createInterface } from "node:readline";
import { ready } from "zpl-renderer-js";

const { api } = await ready;
for await (const line of createInterface({ input: process.stdin })) {
  const { zpl, width_mm, height_mm, dots_per_mm } = JSON.parse(line);
  process.stdout.write((await api.zplToBase64Async(zpl, width_mm, height_mm, dots_per_mm)) + "\n");
}
process.exit(0);
