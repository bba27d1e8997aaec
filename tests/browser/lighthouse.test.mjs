// Lighthouse's marks, as on a phone with a slow network: for the start page, a volunteer's pages and the till.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import lighthouse from "lighthouse";
import { openSharedWindow, signIn, startBank } from "./bank.mjs";

/** The least mark of each category, of 100. */
const LEAST = { performance: 95, accessibility: 100, "best-practices": 100 };
/** A busy machine slows a page down: its best turn counts. */
const TURNS = 3;

/** A port of 127.0.0.1 on which nothing listens. */
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

let bank, window, port;
before(async () => {
  bank = await startBank();
  port = await freePort();
  window = await openSharedWindow(port);
}, { timeout: 600_000 });
after(async () => {
  await window?.close();
  await bank?.stop();
});

/** What a page falls short of, in one turn. */
async function shortcomings(path) {
  const flags = { port, onlyCategories: Object.keys(LEAST), disableStorageReset: true };
  const { lhr } = await lighthouse(bank.address + path, flags);
  assert.equal(new URL(lhr.finalDisplayedUrl).pathname, path);
  return Object.entries(LEAST).filter(([id, least]) => !(lhr.categories[id].score * 100 >= least)).map(([id]) => {
    const lost = lhr.categories[id].auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score < 1);
    return `${id} ${lhr.categories[id].score * 100}: ${lost.map(({ id }) => id).join(", ")}`;
  });
}

for (const [login, paths] of [[null, ["/"]], ["volunteer", ["/me", "/me/passbook", "/me/code"]], ["clerk", ["/shop"]]]) {
  for (const path of paths) {
    test(`${path} has Lighthouse's marks`, { timeout: 300_000 }, async () => {
      await window.clearCookies();
      const page = await window.newPage();
      if (login) await signIn(page, bank, login);
      await page.close();
      let lost = ["never tried"];
      for (let turn = 0; lost.length && turn < TURNS; turn++) lost = await shortcomings(path);
      assert.deepEqual(lost, []);
    });
  }
}
