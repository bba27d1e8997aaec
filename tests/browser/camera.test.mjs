// The till's camera reads a real code: a browser whose camera is a film of the volunteer's page.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBrowser, signedIn, startBank } from "./bank.mjs";

let bank, browser, folder;
before(async () => {
  bank = await startBank();
  browser = await openBrowser();
  folder = mkdtempSync(join(tmpdir(), "jianxian-camera-"));
}, { timeout: 600_000 });
after(async () => {
  await browser?.close();
  await bank?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a code is read by camera and leads to the goods", { timeout: 120_000 }, async () => {
  const volunteer = await signedIn(browser, bank, "volunteer", { viewport: { width: 640, height: 480 } });
  await volunteer.goto(`${bank.address}/me/code`);
  await volunteer.locator(".picture").scrollIntoViewIfNeeded();
  const picture = await volunteer.screenshot({ type: "jpeg", quality: 90 });
  const film = join(folder, "code.mjpeg");
  writeFileSync(film, Buffer.concat([picture, picture, picture]));
  const camera = await openBrowser([
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${film}`,
  ]);
  const clerk = await signedIn(camera, bank, "clerk");
  await clerk.click("[data-finder] button");
  await clerk.waitForURL("**/shop/redeem/**", { timeout: 30_000 });
  assert.ok((await clerk.locator(".goods button").count()) > 0);
  await camera.close();
});

test("without leave to use the camera the page says what to do", async () => {
  const refusing = await openBrowser(["--use-fake-device-for-media-stream", "--deny-permission-prompts"]);
  const clerk = await signedIn(refusing, bank, "clerk");
  await clerk.click("[data-finder] button");
  await clerk.waitForFunction(() => document.querySelector("[data-finder] [role=status]").textContent !== "");
  assert.match(await clerk.textContent("[data-finder] [role=status]"), /没有得到相机许可/);
  assert.equal(await clerk.evaluate(() => document.activeElement.id), "code");
  await refusing.close();
});
