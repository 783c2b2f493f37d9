"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const {strings, events} = data;
  // The columns of an event, in the order of data.go. Those before MESSAGE are indexes into
  // strings, except the time.
  const [TIME, VENDOR, WHO, KIND, OUTCOME, ACTION, TARGET, ADDRESS, TENANT, NAMED, MESSAGE, KEY, RAW] = Array(13).keys();
  const vendors = {aspera: "Aspera", snaplogic: "SnapLogic", opswat: "OPSWAT", sdelements: "SD Elements"};
  const DAY = 86400000, PAGE = 25, STEPS = 100, BARS = 10;

  const $ = id => document.getElementById(id);
  const value = (event, column) => strings[event[column]];
  const number = n => n.toLocaleString("en");
  const plural = (n, what) => number(n) + " " + what + (n === 1 ? "" : "s");
  const date = time => new Date(time).toISOString().slice(0, 10);
  const clock = time => new Date(time).toISOString().slice(11, 19);
  const short = time => new Date(time).toLocaleDateString("en-GB", {day: "numeric", month: "short", timeZone: "UTC"});
  const long = time => new Date(time).toLocaleDateString("en-GB", {weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC"});

  // Replaces invisible characters with their names: control characters, and marks that change the
  // direction of writing.
  const visible = text => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, c => "\u27e8U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");

  // All text is added to the page here, as text and never as HTML.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, content] of Object.entries(attributes)) element.setAttribute(name, content);
    for (const child of children) element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    return element;
  }
  const button = (attributes, act, ...children) => {
    const element = make("button", {type: "button", ...attributes}, ...children);
    element.addEventListener("click", act);
    return element;
  };

  // The text for an empty value of a column.
  const none = {[WHO]: "(nobody named)", [OUTCOME]: "not reported"};
  const display = (column, text) => column === VENDOR ? vendors[text] || visible(text) : visible(text) || none[column] || "(none)";
  const vendor = name => make("span", {class: "vendor", "data-vendor": name}, display(VENDOR, name));
  const outcome = text => make("span", {class: text === "failure" || text === "blocked" ? "bad" : text ? "" : "unsaid"}, display(OUTCOME, text));
  const what = event => visible(value(event, TARGET) || value(event, ACTION));

  // A filter is a select. Its value is "*" for all, or an index into strings.
  const selects = [[VENDOR, "vendor", "All vendors"], [WHO, "person", "Everybody"], [KIND, "kind", "All kinds"], [OUTCOME, "outcome", "All outcomes"]];
  const counts = (column, list) => {
    const sums = new Map();
    for (const event of list) sums.set(event[column], (sums.get(event[column]) || 0) + 1);
    return [...sums].sort((a, b) => b[1] - a[1] || (strings[a[0]] < strings[b[0]] ? -1 : 1));
  };
  for (const [column, id, all] of selects) {
    $(id).append(make("option", {value: "*"}, all));
    for (const [place, n] of counts(column, events)) $(id).append(make("option", {value: place}, display(column, strings[place]) + " (" + number(n) + ")"));
  }

  const instant = id => $(id).value ? Date.parse($(id).value + "Z") : NaN;
  const local = time => new Date(time).toISOString().slice(0, 16);

  // Returns a predicate for all filters except one.
  function matches(except) {
    const chosen = selects.filter(([column, id]) => column !== except && $(id).value !== "*").map(([column, id]) => [column, Number($(id).value)]);
    const from = except === TIME ? NaN : instant("from"), until = except === TIME ? NaN : instant("until");
    const dated = !Number.isNaN(from) || !Number.isNaN(until);
    const text = $("text").value.toLowerCase();
    return event => chosen.every(([column, place]) => event[column] === place) &&
      !(dated && event[TIME] === null) && !(event[TIME] < from) && !(event[TIME] >= until) &&
      (!text || [WHO, ACTION, TARGET, ADDRESS].some(column => value(event, column).toLowerCase().includes(text)) ||
        event[MESSAGE].toLowerCase().includes(text));
  }

  let matching = [], at = 0, steps = STEPS;
  const open = new Set(); // the panels that show all bars

  function toRecords() {
    $("records").scrollIntoView({block: "start"});
    $("records").focus({preventScroll: true});
  }

  function bars(id, column, control) {
    const list = counts(column, events.filter(matches(column)));
    const most = list.length ? list[0][1] : 1;
    const rows = (open.has(id) ? list : list.slice(0, BARS)).map(([place, n]) => {
      const pressed = $(control).value === String(place);
      const fill = make("span", {class: "fill"});
      fill.style.width = 100 * n / most + "%";
      return make("li", {}, button({class: "bar", "aria-pressed": pressed}, () => {
        $(control).value = pressed ? "*" : place;
        show();
        toRecords();
      }, make("span", {class: "name"}, column === VENDOR ? vendor(strings[place]) : display(column, strings[place])), make("span", {class: "figure"}, number(n)),
        make("span", {class: "track", "aria-hidden": "true"}, fill)));
    });
    $(id).replaceChildren(make("ul", {}, ...rows));
    if (list.length > BARS) {
      $(id).append(button({class: "more", "aria-expanded": open.has(id)}, () => {
        if (!open.delete(id)) open.add(id);
        bars(id, column, control);
        $(id).querySelector(".more").focus();
      }, open.has(id) ? "Show the first " + BARS : "Show all " + number(list.length)));
    }
    if (!list.length) $(id).append(make("p", {class: "hint"}, "None."));
  }

  // Days, or weeks from Monday, months or years if there are too many days to distinguish.
  // Date.UTC would take the years 0 to 99 for those from 1900 on.
  const utc = (time, months, years) =>
    new Date(0).setUTCFullYear(new Date(time).getUTCFullYear() + years, months === null ? 0 : new Date(time).getUTCMonth() + months, 1);
  const periods = [
    {name: "day", upTo: 45 * DAY, begin: time => Math.floor(time / DAY) * DAY, next: time => time + DAY},
    {name: "week", upTo: 315 * DAY, begin: time => Math.floor((time - 4 * DAY) / (7 * DAY)) * 7 * DAY + 4 * DAY, next: time => time + 7 * DAY},
    {name: "month", upTo: 3650 * DAY, begin: time => utc(time, 0, 0), next: time => utc(time, 1, 0)},
    {name: "year", upTo: Infinity, begin: time => utc(time, null, 0), next: time => utc(time, null, 1)},
  ];
  function days() {
    const times = events.filter(matches(TIME)).map(event => event[TIME]).filter(time => time !== null);
    let first = Infinity, last = -Infinity;
    for (const time of times) { first = Math.min(first, time); last = Math.max(last, time); }
    const {name, begin, next} = periods.find(({upTo}) => !(last - first > upTo));
    const sums = new Map();
    if (times.length) for (let time = begin(first); time <= last; time = next(time)) sums.set(time, 0);
    for (const time of times) sums.set(begin(time), sums.get(begin(time)) + 1);
    const most = Math.max(1, ...sums.values()), every = Math.ceil(sums.size / 9);
    const columns = [...sums].map(([time, n], i) => {
      const pressed = instant("from") === time && instant("until") === next(time);
      const fill = make("span", {class: "fill"});
      fill.style.height = 86 * n / most + "px";
      const label = (name === "day" ? "" : name + " from ") + date(time) + ": " + plural(n, "event");
      return button({class: "column", "aria-pressed": pressed, "aria-label": label, title: label}, () => {
        $("from").value = pressed ? "" : local(time);
        $("until").value = pressed ? "" : local(next(time));
        show();
        toRecords();
      }, make("span", {class: "space"}, make("span", {class: "figure"}, number(n)), fill),
        make("span", {class: "date"}, sums.size <= 16 || i % every === 0 ? short(time) : ""));
    });
    $("days-title").textContent = "Events per " + name;
    $("days").replaceChildren(make("div", {class: sums.size > 16 ? "columns dense" : "columns"}, ...columns));
  }

  function timeline() {
    const place = $("person").value;
    if (place === "*") {
      $("timeline").replaceChildren(make("p", {class: "hint"}, "Select a person, above or by a bar, to see their events at all vendors in order."));
      return;
    }
    const dated = matching.filter(event => event[TIME] !== null).reverse();
    const name = display(WHO, strings[place]);
    const parts = new Set(dated.map(event => value(event, VENDOR)));
    const heading = make("p", {}, make("span", {class: "who"}, name), ": " + plural(dated.length, "event") + " at " + plural(parts.size, "vendor") + ", the earliest first");
    if (!dated.length) {
      $("timeline").replaceChildren(heading);
      return;
    }
    $("timeline").replaceChildren(heading, lanes(dated, name), make("p", {class: "legend"}, "\u25cf event \u2003 \u25c6 failed \u2003 \u25a0 blocked"), list(dated));
    if (dated.length > steps) {
      $("timeline").append(button({class: "more"}, () => {
        steps += STEPS;
        timeline();
      }, "Show " + number(Math.min(STEPS, dated.length - steps)) + " more of " + number(dated.length)));
    }
  }

  // A lane per vendor, on one scale of whole days.
  function lanes(dated, name) {
    const first = Math.floor(dated[0][TIME] / DAY) * DAY, last = (Math.floor(dated[dated.length - 1][TIME] / DAY) + 1) * DAY;
    const left = time => 100 * (time - first) / (last - first) + "%";
    const rules = [];
    const width = $("timeline").clientWidth;
    const every = Math.max(1, Math.ceil((last - first) / DAY / Math.max(2, Math.floor(width / 110)))) * DAY;
    for (let time = first; time < last; time += every) rules.push(time);
    const placed = (attributes, time, ...children) => {
      const element = make("span", attributes, ...children);
      element.style.left = left(time);
      return element;
    };
    const names = [...new Set(events.map(event => event[VENDOR]))].map(place => strings[place]).sort();
    const grid = make("div", {class: "lanes", role: "img", "aria-label": "Timeline of " + name + ": " +
      names.map(v => display(VENDOR, v) + " " + number(dated.filter(event => value(event, VENDOR) === v).length)).join(", ") + ". The list below has the same events."});
    for (const v of names) {
      const lane = make("div", {class: "lane", "data-vendor": v}, ...rules.map(time => placed({class: "rule"}, time)));
      const drawn = new Set(); // events at the same spot are drawn once
      for (const event of dated) {
        const spot = value(event, OUTCOME) + Math.round(2000 * (event[TIME] - first) / (last - first));
        if (value(event, VENDOR) !== v || drawn.has(spot)) continue;
        drawn.add(spot);
        const mark = placed({class: "mark", title: date(event[TIME]) + " " + clock(event[TIME]) + " " + what(event)}, event[TIME]);
        if (["failure", "blocked"].includes(value(event, OUTCOME))) mark.classList.add(value(event, OUTCOME));
        lane.append(mark);
      }
      grid.append(make("div", {class: "label"}, vendor(v)), lane);
    }
    grid.append(make("div"), make("div", {class: "scale"}, ...rules.filter(time => width * (last - time) / (last - first) > 90)
      .map(time => placed({}, time, short(time)))));
    return grid;
  }

  function list(dated) {
    const all = make("div");
    let day, items;
    for (const event of dated.slice(0, steps)) {
      if (date(event[TIME]) !== day) {
        day = date(event[TIME]);
        items = make("ol", {class: "steps"});
        all.append(make("h3", {class: "day"}, long(event[TIME])), items);
      }
      items.append(make("li", {}, make("time", {datetime: new Date(event[TIME]).toISOString()}, clock(event[TIME])), vendor(value(event, VENDOR)),
        make("span", {}, display(KIND, value(event, KIND))), outcome(value(event, OUTCOME)), make("span", {class: "what"}, what(event))));
    }
    return all;
  }

  function table() {
    const page = matching.slice(at, at + PAGE);
    const range = page.length ? "Records " + number(at + 1) + " to " + number(at + page.length) + " of " + number(matching.length) + ", newest first" : "No records";
    $("caption").textContent = range;
    $("where").textContent = page.length ? number(at / PAGE + 1) + " of " + number(Math.ceil(matching.length / PAGE)) : "";
    $("newer").disabled = at === 0;
    $("older").disabled = at + PAGE >= matching.length;
    $("rows").replaceChildren(...page.flatMap(row));
  }

  function row(event, i) {
    const time = event[TIME] === null ? make("span", {class: "unsaid"}, "no time") :
      make("time", {datetime: new Date(event[TIME]).toISOString()}, date(event[TIME]) + " " + clock(event[TIME]));
    const id = "detail" + i;
    const more = make("tr", {class: "detail", id, hidden: ""});
    const open = button({"aria-expanded": "false", "aria-controls": id}, () => {
      if (!more.hasChildNodes()) more.append(make("td", {colspan: 8}, detail(event)));
      more.hidden = !more.hidden;
      open.setAttribute("aria-expanded", String(!more.hidden));
    }, "Details", make("span", {class: "hidden"}, " of " + what(event)));
    return [make("tr", {}, make("td", {}, time), make("td", {}, vendor(value(event, VENDOR))), make("td", {class: "text person"}, display(WHO, value(event, WHO))),
      make("td", {}, display(KIND, value(event, KIND))), make("td", {}, outcome(value(event, OUTCOME))), make("td", {class: "text main"}, what(event)),
      make("td", {}, visible(value(event, ADDRESS))), make("td", {}, open)), more];
  }

  function detail(event) {
    const entries = [["Message", event[MESSAGE]], ["Action", value(event, ACTION)], ["Name at the vendor", value(event, NAMED)], ["Tenant", value(event, TENANT)], ["Key", event[KEY]]];
    const terms = entries.filter(([, text]) => text).flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, visible(text))]);
    if (event[RAW]) terms.push(make("dt", {}, "As sent"), make("dd", {}, make("pre", {}, event[RAW].split("\n").map(visible).join("\n"))));
    return make("dl", {}, ...terms);
  }

  // A button for each filter that is set, to remove it.
  function chosen() {
    const chips = selects.filter(([, id]) => $(id).value !== "*").map(([column, id]) =>
      [$(id).labels[0].textContent + ": " + display(column, strings[$(id).value]), () => $(id).value = "*"]);
    for (const id of ["from", "until", "text"]) {
      if ($(id).value) chips.push([$(id).labels[0].textContent + ": " + visible($(id).value.replace("T", " ")), () => $(id).value = ""]);
    }
    $("chosen").replaceChildren(...chips.map(([text, clear]) => button({"aria-label": "Remove the filter " + text}, () => {
      clear();
      show();
      $("records").focus({preventScroll: true});
    }, text + " \u00d7")));
  }

  function show() {
    matching = events.filter(matches());
    at = 0;
    steps = STEPS;
    $("count").textContent = number(matching.length) + " of " + plural(events.length, "event");
    days();
    bars("people", WHO, "person");
    bars("kinds", KIND, "kind");
    bars("vendors", VENDOR, "vendor");
    timeline();
    chosen();
    table();
  }

  const turn = by => () => {
    at += by * PAGE;
    table();
    toRecords();
  };
  $("newer").addEventListener("click", turn(-1));
  $("older").addEventListener("click", turn(1));
  $("filters").addEventListener("submit", event => event.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(show)); // the fields are emptied after this event
  $("filters").addEventListener("input", show);

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : dark.matches;
  const nameTheme = () => $("theme").textContent = isDark() ? "Light colours" : "Dark colours";
  $("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  dark.addEventListener("change", nameTheme);
  nameTheme();
  show();
})();
