// Forms that were refused: every form of every page is sent empty and filled with nonsense, and what comes back is looked
// at as any other page is. Answers are shown under the form's own address, so that nothing depends on a race.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SIZES, crawl, openBrowser, plainPages, scrollsSideways, signedIn, startBank, violations } from "./bank.mjs";

const LOGINS = (process.env.LOGINS ?? "volunteer,clerk,owner,staff,reviewer,admin,auditor").split(",");
const NONSENSE = "✗".repeat(3_000);

let bank, browser;
before(async () => {
  bank = await startBank();
  browser = await openBrowser();
}, { timeout: 600_000 });
after(async () => {
  await browser?.close();
  await bank?.stop();
});

/** The forms of a page that a person fills in: their address, their fields, and which of these a person types. */
const forms = (page) =>
  page.$$eval("main form[method=post]", (all) =>
    all.map((form) => ({
      action: new URL(form.action).pathname + new URL(form.action).search,
      multipart: form.enctype === "multipart/form-data",
      fields: [...new FormData(form)].filter(([, value]) => typeof value === "string"),
      typed: [...form.elements]
        .filter((field) => ["text", "search", "number", "tel", "date", "time", "textarea", "password"].includes(field.type))
        .filter((field) => field.name && !field.readOnly && field.offsetParent !== null)
        .map((field) => field.name),
      kept: [...form.elements].some((field) => field.type === "text" || field.type === "textarea"),
      step: [...form.elements].filter((field) => field.type === "submit" && field.name)
        .slice(0, 1).map((field) => [field.name, field.value]),
    })));

/** Sends a form with `value` in each typed field, and returns the answer. */
async function sent(page, form, value) {
  const fields = form.fields.filter(([name]) => !form.typed.includes(name));
  const body = [...fields, ...form.typed.map((name) => [name, value]), ...form.step];
  const headers = { Origin: bank.address };
  const options = { headers, maxRedirects: 0 };
  if (form.multipart) return page.request.post(bank.address + form.action, { ...options, multipart: Object.fromEntries(body) });
  const data = new URLSearchParams(body).toString();
  headers["Content-Type"] = "application/x-www-form-urlencoded";
  return page.request.post(bank.address + form.action, { ...options, data });
}

// Two at a time: each looks and changes nothing.
describe("refused forms", { concurrency: 2 }, () => {
  for (const login of LOGINS) {
    test(`what ${login} is told about a form that is refused`, { timeout: 600_000 }, async () => {
      const page = await signedIn(browser, bank, login, { bypassCSP: true });
      await page.goto(`${bank.address}/size/largest?back=/`);
      const faults = [];
      const told = new Set();
      for (const { path } of await crawl(page, bank, ["/", ...plainPages()])) {
        await page.goto(bank.address + path);
        for (const form of await forms(page)) {
          const kind = form.action.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "*");
          if (!form.typed.length || told.has(kind)) continue;
          for (const [what, value] of [["empty", ""], ["nonsense", NONSENSE]]) {
            const answer = await sent(page, form, value);
            const at = `${form.action} on ${path}, ${what}`;
            if (answer.status() >= 500 || (what === "nonsense" && answer.status() === 303)) faults.push(`${at}: ${answer.status()}`);
            if (answer.status() !== 422) continue;
            told.add(kind);
            const shown = `${bank.address}${form.action}`;
            const html = await answer.text();
            await page.route(shown, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
            await page.setViewportSize(SIZES.phone);
            await page.goto(shown);
            await page.unroute(shown);
            for (const violation of await violations(page)) faults.push(`${at}: ${violation}`);
            const said = await page.locator("main [role=alert], main .alert, main .error, main [aria-invalid=true]").count();
            if (!said) faults.push(`${at}: says nothing`);
            if (what === "nonsense" && form.kept && !html.includes(NONSENSE.slice(0, 1_000))) faults.push(`${at}: forgets what was typed`);
            await page.setViewportSize({ width: 320, height: 640 });
            if (await scrollsSideways(page, 320)) faults.push(`${at}: scrolls sideways at 320`);
          }
          await page.goto(bank.address + path);
        }
      }
      assert.ok(told.size > 0, "no form was refused");
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }
});
