// What comes out of the printer: size and number of sheets of every print, with and without scripts. PDFs are kept in
// `PRINTS`, if it names a folder.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { signedIn, withBankAndBrowser } from "./bank.mjs";

const A6 = [298, 420];
const A5 = [420, 595];
const A4 = [595, 842];
const SLIP = [227, 454];

let bank, browser;
withBankAndBrowser((...opened) => ([bank, browser] = opened));

/** Prints the page that is open; answers the sizes of the sheets in points. */
async function printed(page, name) {
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: false });
  if (process.env.PRINTS) writeFileSync(join(process.env.PRINTS, `${name}.pdf`), pdf);
  const boxes = [...pdf.toString("latin1").matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)];
  return boxes.map((box) => [Math.round(Number(box[1])), Math.round(Number(box[2]))]);
}

/** The path of the first link to a print on a page, and of the page. */
async function printOf(page, path, link) {
  await page.goto(bank.address + path);
  if (link) {
    await page.goto(bank.address + (await page.locator(link).first().getAttribute("href")));
  }
  return page.url().replace(bank.address, "");
}

function all(sheets, size, of) {
  assert.ok(sheets.length > 0, `${of}: no sheet`);
  for (const sheet of sheets) {
    for (const side of [0, 1]) assert.ok(Math.abs(sheet[side] - size[side]) <= 1, `${of}: ${sheet}, not ${size}`);
  }
}

for (const javaScriptEnabled of [true, false]) {
  const where = `scripts ${javaScriptEnabled ? "on" : "off"}`;

  test(`a passbook fills A5 sheets, and new lines stand at their place (${where})`, async () => {
    const page = await signedIn(browser, bank, "volunteer", { javaScriptEnabled });
    await page.goto(`${bank.address}/me/passbook/print`);
    assert.equal(await page.locator("[data-print]").isVisible(), javaScriptEnabled);
    assert.match(await page.textContent(".bar"), /Ctrl/);
    const sections = await page.locator(".paper").count();
    const sheets = await printed(page, "passbook");
    all(sheets, A5, "passbook");
    assert.equal(sheets.length, sections);
    // 补登: three lines below thirteen that are on paper.
    const total = Number((await page.textContent("[role=status]")).match(/一共 ([\d,]+) 行/)[1].replace(",", ""));
    const row = (n) => page.locator(".paper tbody tr").nth(n).evaluate((row) => row.getBoundingClientRect().top - row.closest(".paper").getBoundingClientRect().top);
    await page.emulateMedia({ media: "print" });
    const place = await row(13);
    await page.emulateMedia({ media: null });
    await page.fill("#after", String(Math.min(13, total - 1)));
    await page.click("form[action='/me/passbook/print'] button");
    await page.waitForURL("**after=**");
    await page.emulateMedia({ media: "print" });
    if (total > 13) assert.ok(Math.abs((await row(13)) - place) < 0.5, "the line has moved");
    assert.equal(await page.locator(".again header").first().evaluate((head) => getComputedStyle(head).visibility), "hidden");
    await page.emulateMedia({ media: null });
    all(await printed(page, "passbook-continued"), A5, "continued");
    await page.goto(`${bank.address}/me/passbook/print?after=${total - 1}`);
    assert.equal((await printed(page, "passbook-short")).length, 1);
    await page.context().close();
  });

  test(`a receipt is a slip of 80 mm (${where})`, async () => {
    const options = { javaScriptEnabled };
    const volunteer = await signedIn(browser, bank, "volunteer", options);
    const clerk = await signedIn(browser, bank, "clerk", options);
    await volunteer.goto(`${bank.address}/me/code`);
    await clerk.fill("#code", (await volunteer.textContent("p.digits")).match(/\d{4} \d{4}/)[0]);
    await clerk.click("form[action='/shop'] button");
    await clerk.locator(".goods button:not([disabled])").first().click();
    await clerk.click("button.red");
    await clerk.waitForURL("**/shop/receipts/**");
    await clerk.goto(`${clerk.url()}/print`);
    const sheets = await printed(clerk, "slip");
    all(sheets, SLIP, "slip");
    assert.equal(sheets.length, 1);
    await volunteer.context().close();
    await clerk.context().close();
  });
}

test("a statement is A4 with its sum at the end, for the shop and for the community", async () => {
  for (const [login, base] of [["owner", "/shop/statements"], ["admin", "/staff/statements"]]) {
    const page = await signedIn(browser, bank, login);
    await printOf(page, base, `main a[href^='${base}/']`);
    await page.locator("main a[href$='/print']").first().click();
    await page.waitForURL("**/print");
    const sheets = await printed(page, `statement-${login}`);
    all(sheets, A4, base);
    const lines = await page.locator(".paper tbody tr").count();
    assert.ok(sheets.length <= Math.ceil(lines / 25) + 1, `${lines} lines on ${sheets.length} sheets`);
    await page.context().close();
  }
});

test("a sign-in sheet is A4, a page for twenty people", async () => {
  const page = await signedIn(browser, bank, "staff");
  await page.goto(`${bank.address}/staff/activities?state=published`);
  const activity = await page.locator("main a[href*='/staff/activities/0']").first().getAttribute("href");
  await page.goto(`${bank.address}${activity.replace("/attendance", "")}/sheet`);
  await page.fill("#names", "1. 甲示例\n2. 乙示例");
  await page.click("main form button");
  await page.waitForSelector("td:has-text('甲示例')");
  const sheets = await printed(page, "signs");
  all(sheets, A4, "sign-in sheet");
  assert.equal(sheets.length, 1);
  assert.equal(await page.locator(".signs tbody tr").count(), 20);
  await page.context().close();
});

test("prints are black on white and say that the data is made up", async () => {
  const page = await signedIn(browser, bank, "volunteer");
  await page.goto(`${bank.address}/me/passbook/print`);
  await page.emulateMedia({ media: "print" });
  assert.match(await page.locator(".paper footer").first().textContent(), /均为虚构/);
  assert.equal(await page.locator(".paper").first().evaluate((paper) => getComputedStyle(paper).backgroundColor), "rgb(255, 255, 255)");
  assert.ok(!(await page.locator(".top").isVisible()) && !(await page.locator(".no-print").first().isVisible()));
  await page.context().close();
});

test("the messages of a week are A4", async () => {
  const page = await signedIn(browser, bank, "staff");
  await page.goto(`${bank.address}/staff/messages/print`);
  all(await printed(page, "messages"), A4, "messages of a week");
  await page.context().close();
});

test("cards are A6, or four on A4, and slips four on A4", async () => {
  const page = await signedIn(browser, bank, "staff");
  await page.goto(`${bank.address}/staff/cards`);
  for (const n of [0, 1, 2, 3, 4]) await page.locator("input[name=member]").nth(n).check();
  await page.click("button[value=a4]");
  await page.waitForSelector(".paper-card");
  const four = await printed(page, "cards-a4");
  all(four, A4, "cards on A4");
  assert.equal(four.length, 2);
  await page.locator("a[href*='paper=a6']").click();
  await page.waitForURL("**paper=a6**");
  const one = await printed(page, "cards-a6");
  all(one, A6, "cards on A6");
  assert.equal(one.length, 5);
  const inside = await page.locator(".paper-card").evaluateAll((cards) => cards.every((card) => card.scrollHeight <= card.clientHeight + 1));
  assert.ok(inside, "everything fits on its card");
  await page.goto(`${bank.address}/staff/print/slips?first=1&last=6`);
  await page.waitForSelector(".paper-slip");
  const slips = await printed(page, "slips");
  all(slips, A4, "slips");
  assert.equal(slips.length, 2);
  const fits = await page.locator(".paper-slip").evaluateAll((slips) => slips.every((slip) => slip.scrollHeight <= slip.clientHeight + 1));
  assert.ok(fits, "everything fits on its slip");
  await page.context().close();
});
