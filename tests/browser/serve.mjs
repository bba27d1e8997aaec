// Starts one sample bank and runs a command beside it, which finds its address in JIANXIAN_ADDRESS:
// node serve.mjs node --test …

import { spawn } from "node:child_process";
import { startBank } from "./bank.mjs";

const [command, ...rest] = process.argv.slice(2);
const bank = await startBank();
const child = spawn(command, rest, { stdio: "inherit", env: { ...process.env, JIANXIAN_ADDRESS: bank.address } });
const code = await new Promise((done) => child.on("exit", (code) => done(code ?? 1)));
await bank.stop();
process.exit(code);
