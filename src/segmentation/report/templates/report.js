(() => {
  "use strict";
  const root = document.documentElement;

  // ---------- charts
  const { config, specs } = JSON.parse(document.getElementById("charts").textContent);
  const isNarrow = root.clientWidth < 640;
  config.legend.columns = isNarrow ? 2 : 3;
  config.axis.labelLimit = isNarrow ? 118 : 200;
  const options = {
    config,
    actions: false,
    ast: true, // read expressions, never run them as code
    renderer: "svg",
    tooltip: { theme: "custom" },
  };
  const draw = async () => {
    let drawn = 0;
    for (const place of document.querySelectorAll("[data-chart]")) {
      try {
        await vegaEmbed(place, specs[place.dataset.chart], options);
        drawn += 1;
      } catch (error) {
        place.textContent = "The chart could not be drawn. Its data stand below.";
        console.error(place.dataset.chart, error);
      }
    }
    root.dataset.drawn = drawn;
  };
  draw();

  // ---------- definitions
  const tip = document.getElementById("tip");
  const hide = () => { tip.hidden = true; };
  const show = (place) => {
    const name = place.dataset.def;
    const found = document.getElementById("def-" + name);
    if (!found) return hide();
    const source = document.createElement("code");
    source.textContent = name;
    tip.replaceChildren(found.textContent, source);
    tip.hidden = false;
    const box = place.getBoundingClientRect();
    const width = tip.offsetWidth, height = tip.offsetHeight;
    const left = Math.min(Math.max(8, box.left), root.clientWidth - width - 8);
    const above = box.top - height - 8;
    tip.style.left = left + "px";
    tip.style.top = (above > 8 ? above : box.bottom + 8) + "px";
  };
  const near = (event) => event.target.closest && event.target.closest("[data-def]");
  for (const kind of ["mouseover", "focusin", "click"]) {
    document.addEventListener(kind, (event) => {
      const place = near(event);
      if (place) show(place);
      else hide();
    });
  }
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
