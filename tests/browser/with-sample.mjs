// Makes one sample bank and runs a command, every file of which works on a copy of it (`JIANXIAN_SAMPLE`), so that none
// meets what another has done: node with-sample.mjs node --test … Where `JIANXIAN_SAMPLE` is set already, that one is taken.

import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { makeSample } from "./bank.mjs";

const [command, ...rest] = process.argv.slice(2);
const given = process.env.JIANXIAN_SAMPLE;
const sample = given ?? (await makeSample());
const child = spawn(command, rest, { stdio: "inherit", env: { ...process.env, JIANXIAN_SAMPLE: sample } });
const code = await new Promise((done) => child.on("exit", (code) => done(code ?? 1)));
if (!given) rmSync(sample, { recursive: true, force: true });
process.exit(code);
