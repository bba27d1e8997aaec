// A photo of goods: sent by the shop's owner, with scripts and without, shown on the shop's page, and removed again; a file
// that is no picture is refused in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, scrollsSideways, sent, SIZES, signedIn, violations, withBankAndBrowser } from "./bank.mjs";

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

// A picture of one pixel.
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
  "base64",
);

/** Not wider than its window, and nothing that axe finds. */
async function isSound(page, viewport) {
  assert.equal(await scrollsSideways(page, viewport.width), false, page.url());
  assert.deepEqual(await violations(page), [], page.url());
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a photo of goods is sent and removed (${size}, scripts ${javaScriptEnabled ? "on" : "off"})`, async () => {
      const page = await signedIn(browser, bank, "owner", { viewport, javaScriptEnabled, bypassCSP: true });
      await page.goto(`${bank.address}/shop/goods`);
      await page.locator(".ledger a[href^='/shop/goods/']").last().click();
      await arrived(page, "a[href^='/attachments/offer/']");
      await page.click("a[href^='/attachments/offer/']");
      await arrived(page, "#file");
      if (javaScriptEnabled) await isSound(page, viewport);
      const before = await page.locator(".attached li").count();
      await page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
      await sent(page, "form[enctype] button");
      await arrived(page, "[role=alert]");
      assert.match(await page.textContent("main"), /这种文件不收/);
      if (javaScriptEnabled) await isSound(page, viewport);
      await page.setInputFiles("#file", { name: "米.png", mimeType: "image/png", buffer: PIXEL });
      await sent(page, "form[enctype] button");
      await arrived(page, ".note.done");
      assert.equal(await page.locator(".attached li").count(), before + 1);
      const small = await page.locator(".attached img").first().getAttribute("src");
      assert.equal((await page.request.get(`${bank.address}${small}`)).status(), 200);
      if (javaScriptEnabled) await isSound(page, viewport);
      await page.locator(".attached summary").first().click();
      await sent(page, ".attached button");
      await arrived(page, ".note.done");
      assert.equal(await page.locator(".attached li").count(), before);
      await page.context().close();
    });
  }
}
