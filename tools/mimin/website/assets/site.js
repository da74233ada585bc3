/* The calendar's filters, today's mark and how long ago things were. Everything works without it. */
(function () {
  "use strict";

  const NAMES = ["brand", "account", "network", "campaign", "standing"];

  function start() {
    document.querySelectorAll(".mimin-calendar").forEach(calendar);
    document.querySelectorAll("[data-ago]").forEach(ago);
  }

  function calendar(root) {
    if (root.dataset.ready) return;
    root.dataset.ready = "yes";
    today(root);
    view(root);
    filter(root);
  }

  /* The page may have been made days ago; where `now:` pretends a moment, that is today. */
  function today(root) {
    const now = new Date();
    const pad = (n) => String(n).padStart(2, "0");
    const name = root.dataset.now || now.getFullYear() + "-" + pad(now.getMonth() + 1) + "-" + pad(now.getDate());
    root.querySelectorAll(".mimin-day").forEach((day) => {
      const mine = day.dataset.day === name;
      day.classList.toggle("mimin-day--today", mine);
      if (mine) day.setAttribute("aria-current", "date");
      else day.removeAttribute("aria-current");
    });
  }

  function remembered() {
    try {
      return localStorage.getItem("mimin-view");
    } catch (error) {
      return null;
    }
  }

  function view(root) {
    const inputs = root.querySelectorAll("input[name=mimin-view]");
    const wanted = remembered();
    inputs.forEach((input) => {
      if (wanted) input.checked = input.value === wanted;
      input.addEventListener("change", () => {
        try {
          localStorage.setItem("mimin-view", input.value);
        } catch (error) {
          /* Private windows may keep nothing. */
        }
      });
    });
  }

  function filter(root) {
    const form = root.querySelector(".mimin-filter");
    const entries = Array.from(root.querySelectorAll(".mimin-entry"));
    const output = form.querySelector("output");
    form.hidden = false;
    form.parentElement.hidden = false;
    form.parentElement.open = matchMedia("(min-width: 60em)").matches || location.hash.length > 1;

    function wanted() {
      const found = {};
      NAMES.forEach((name) => {
        const field = form.elements[name];
        if (field && field.value) found[name] = field.value;
      });
      return found;
    }

    function apply() {
      const wish = wanted();
      const keys = Object.keys(wish);
      let shown = 0;
      entries.forEach((entry) => {
        const fits = keys.every((name) =>
          (entry.dataset[name] || "").split(" ").includes(wish[name])
        );
        entry.hidden = !fits;
        if (fits) shown += 1;
      });
      root.querySelectorAll(".mimin-day__marks [data-brand]").forEach((mark) => {
        const other = wish.brand && mark.dataset.brand !== wish.brand;
        const theirs =
          wish.campaign && mark.dataset.campaign && mark.dataset.campaign !== wish.campaign;
        const free = mark.dataset.account;
        const elsewhere =
          free &&
          (wish.network ||
            wish.campaign ||
            wish.standing ||
            (wish.account && !free.split(" ").includes(wish.account)));
        mark.hidden = Boolean(other || theirs || elsewhere);
      });
      root.querySelectorAll(".mimin-day").forEach((day) => {
        const open = day.querySelector(".mimin-entry:not([hidden])");
        day.classList.toggle("mimin-day--empty", !open);
      });
      output.textContent = output.dataset.shown
        .replace("{shown}", shown)
        .replace("{total}", entries.length);
      const hash = keys.length ? "#" + new URLSearchParams(wish) : "";
      root.querySelectorAll("a[data-keep]").forEach((link) => {
        link.href = link.href.split("#")[0] + hash;
      });
      return hash;
    }

    new URLSearchParams(location.hash.slice(1)).forEach((value, name) => {
      const field = NAMES.includes(name) && form.elements[name];
      if (field) field.value = value;
    });
    form.addEventListener("change", () => {
      const hash = apply();
      history.replaceState(null, "", location.pathname + location.search + hash);
    });
    form.addEventListener("reset", () => setTimeout(() => {
      apply();
      history.replaceState(null, "", location.pathname + location.search);
    }));
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  function ago(node) {
    const seconds = (new Date(node.dataset.ago) - Date.now()) / 1000;
    if (seconds > 0) return;
    const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en");
    const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
    const step = steps.find((entry) => Math.abs(seconds) >= entry[1]) || ["minute", 60];
    node.textContent = " (" + format.format(Math.round(seconds / step[1]), step[0]) + ")";
  }

  if (window.document$ && window.document$.subscribe) window.document$.subscribe(start);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
