// What pages do beyond their forms and links. Every page works without it.
(() => {
  "use strict";
  // A second press while the first is under way sends nothing: the form's key would make it harmless anyway.
  addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  // A page that comes back from the browser's memory may send its form again.
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
})();
