"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("search"), words = byId("words"), type = byId("type"), status = byId("status");
  const found = byId("found");
  const articles = [...document.querySelectorAll("article[data-of]")];
  // What a record says is what its details say; nobody reads all of it before somebody searches.
  let texts = null;
  const textOf = (of) => {
    texts ||= new Map(articles.map((article) => [article.dataset.of, article.textContent.toLowerCase()]));
    return texts.get(of) || "";
  };
  const places = [...document.querySelectorAll("[data-of]")];
  // From the inside out: a branch stays as long as something in it does.
  const rows = [...document.querySelectorAll(".tree li")].reverse();
  const columns = [...document.querySelectorAll(".column")];

  const fits = (place, terms) => {
    const data = place.dataset;
    return (!type.value || data.type === type.value) && (!status.value || data.status === status.value)
      && (!terms.length || terms.every((term) => textOf(data.of).includes(term)));
  };

  const search = () => {
    const terms = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = !terms.length && !type.value && !status.value;
    for (const place of places) {
      place.hidden = !all && !fits(place, terms);
      place.classList.remove("way");
    }
    if (!all) {
      for (const row of rows) {
        if (row.hidden && row.querySelector("li:not([hidden])")) {
          row.hidden = false;
          row.classList.add("way");
        }
      }
    }
    for (const column of columns) {
      column.querySelector(".count").textContent = column.querySelectorAll("li.card:not([hidden])").length;
    }
    const left = articles.filter((article) => !article.hidden).length;
    found.textContent = all ? "" : left + " of " + articles.length;
  };

  // A link leads to what it names, whatever is searched for.
  const follow = () => {
    const target = location.hash.startsWith("#r-") && byId(location.hash.slice(1));
    if (target && target.hidden) {
      form.reset();
      search();
      target.scrollIntoView();
    }
  };

  let later = 0;
  words.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(search, 80);
  });
  type.addEventListener("change", search);
  status.addEventListener("change", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      words.focus();
    } else if (event.key === "Escape" && form.contains(document.activeElement)) {
      form.reset();
      search();
    }
  });
  form.hidden = false;
})();
