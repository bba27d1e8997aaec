// Forms of pages, and what is answered to one that is refused.

import { SIZES, scrollsSideways, violations } from "./bank.mjs";

const NONSENSE = "✗".repeat(3_000);

/** The forms of a page that a person fills in: their address, their fields, and which of these a person types. */
export const forms = (page) =>
  page.$$eval("main form[method=post]", (all) =>
    all.map((form) => ({
      action: new URL(form.action).pathname + new URL(form.action).search,
      multipart: form.enctype === "multipart/form-data",
      fields: [...new FormData(form)].filter(([, value]) => typeof value === "string"),
      typed: [...form.elements]
        .filter((field) => ["text", "search", "number", "tel", "date", "time", "textarea", "password"].includes(field.type))
        .filter((field) => field.name && !field.readOnly)
        .map((field) => field.name),
      kept: [...form.elements].some((field) => field.type === "text" || field.type === "textarea"),
      step: [...form.elements].filter((field) => field.type === "submit" && field.name)
        .slice(0, 1).map((field) => [field.name, field.value]),
    })));

/** Sends a form with `value` in each typed field, and returns the answer. */
async function sent(page, bank, form, value) {
  const fields = form.fields.filter(([name]) => !form.typed.includes(name));
  const body = [...fields, ...form.typed.map((name) => [name, value]), ...form.step];
  const headers = { Origin: bank.address };
  const options = { headers, maxRedirects: 0 };
  if (form.multipart) return page.request.post(bank.address + form.action, { ...options, multipart: Object.fromEntries(body) });
  const data = new URLSearchParams(body).toString();
  headers["Content-Type"] = "application/x-www-form-urlencoded";
  return page.request.post(bank.address + form.action, { ...options, data });
}

/** Sends a form of a page with nonsense and empty, and looks at what comes back; says what is wrong, and whether the form
 * was refused. Answers are shown under the form's own address, so that nothing depends on a race. */
export async function refusals(page, bank, path, form) {
  const faults = [];
  let refused = false;
  // Nonsense first: an empty form may be a right one, after which the page has it no more.
  for (const [what, value] of [["nonsense", NONSENSE], ["empty", ""]]) {
    const answer = await sent(page, bank, form, value);
    const at = `${form.action} on ${path}, ${what}`;
    if (answer.status() >= 500 || (what === "nonsense" && answer.status() === 303)) faults.push(`${at}: ${answer.status()}`);
    if (answer.status() !== 422) continue;
    refused = true;
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
  return { faults, refused };
}
