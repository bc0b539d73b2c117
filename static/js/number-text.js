/* Numbers as people type and paste them: read strictly, shown with thousands. Works on text, so no digit is lost.
   The same rules stand in indicators/forms.py, which has the last word. */
window.NumberText = (function () {
  "use strict";
  const MULTIPLES = { 十: 1, 百: 2, 千: 3, 万: 4, 十万: 5, 百万: 6, 千万: 7, 亿: 8, 万亿: 12 };
  const LONGEST_FIRST = Object.keys(MULTIPLES).sort((left, right) => right.length - left.length);
  const words = { units: {}, absences: {}, blanks: [] };

  /** Takes the tables of units and words that the server reads by. */
  function learn(tables) { Object.assign(words, tables); }

  /** Full-width digits, odd minus signs and every kind of space, made plain. */
  function plain(text) {
    return text.normalize("NFKC").replace(/[\u2010-\u2015\u2212]/g, "-").replace(/[\s\u200b\ufeff]/g, "");
  }

  /** Moves the decimal point of a plain number by `power` places, on the text. */
  function shift(text, power) {
    const negative = text.startsWith("-");
    let [whole, part = ""] = text.replace(/^[+-]/, "").split(".");
    if (power >= 0) {
      part = part.padEnd(power, "0");
      whole += part.slice(0, power);
      part = part.slice(power);
    } else {
      whole = whole.padStart(1 - power, "0");
      part = whole.slice(power) + part;
      whole = whole.slice(0, power);
    }
    return tidy((negative ? "-" : "") + whole + (part ? "." + part : ""));
  }

  /** No leading zeros, no plus, no empty or superfluous decimals. */
  function tidy(text) {
    const negative = text.startsWith("-");
    let [whole, part = ""] = text.replace(/^[+-]/, "").split(".");
    whole = whole.replace(/^0+(?=\d)/, "") || "0";
    part = part.replace(/0+$/, "");
    const body = part ? `${whole}.${part}` : whole;
    return negative && body !== "0" ? `-${body}` : body;
  }

  /** Rounds half away from zero to `decimals` places, on the text. */
  function round(text, decimals) {
    const [whole, part = ""] = tidy(text).replace("-", "").split(".");
    if (part.length <= decimals) return tidy(text);
    let digits = BigInt(whole + part.slice(0, decimals).padEnd(decimals, "0"));
    if (part[decimals] >= "5") digits += 1n;
    const body = digits.toString().padStart(decimals + 1, "0");
    const cut = body.length - decimals;
    return tidy((text.startsWith("-") ? "-" : "") + body.slice(0, cut) + (decimals ? "." + body.slice(cut) : ""));
  }

  /** "12万" in a field of 万元 may mean two things: both are offered, none is taken. */
  function readings(number, power, unit) {
    const inUnit = unit.startsWith("万") ? power - 4 : power;
    return [...new Set([shift(number, power), shift(number, inUnit)])];
  }

  function isUnit(text) { return plain(text).toLowerCase() in words.units; }

  /** What a number in one unit is in another, on the digits; null when the two measure different things. */
  function convert(number, given, wanted, decimals) {
    const [from, to] = [words.units[given], words.units[wanted.normalize("NFKC").toLowerCase()]];
    if (!to || from[0] !== to[0]) return null;
    const [whole, part = ""] = tidy(number).replace("-", "").split(".");
    const over = BigInt(whole + part) * BigInt(from[1]) * BigInt(to[2]) * 10n ** BigInt(decimals);
    const under = BigInt(from[2]) * BigInt(to[1]) * 10n ** BigInt(part.length);
    const body = ((2n * over + under) / (2n * under)).toString(); // halves away from zero
    return shift((number.startsWith("-") ? "-" : "") + body, -decimals);
  }

  /** "12亿元", "12万", "3公顷" in a field of another unit: what it may mean is offered; null when the tail is no unit. */
  function readTail(text, number, tail, spec) {
    const params = { text };
    if (tail in MULTIPLES) return { error: "wordy", params, choices: readings(number, MULTIPLES[tail], spec.stored || spec.unit) };
    const multiple = tail in words.units ? "" : LONGEST_FIRST.find((one) => tail.startsWith(one) && tail.slice(one.length) in words.units);
    if (multiple === undefined) return null;
    const turned = convert(shift(number, MULTIPLES[multiple] || 0), tail.slice(multiple.length), spec.stored || "", spec.decimals);
    return turned === null ? { error: "other_unit", params } : { error: "unit", params, choices: [turned] };
  }

  /**
   * Reads what was typed for one indicator.
   * @param {string} text
   * @param {{unit: string, stored: string, decimals: number, minimum: string, maximum: string}} spec `unit` as shown, `stored` as in the catalogue
   * @returns {{number: string} | {absence: string} | {error: string, params?: object, choices?: string[]}} number is "" for an empty field
   */
  function read(text, spec) {
    let bare = plain(text);
    if (bare.toLowerCase() in words.absences) return { absence: words.absences[bare.toLowerCase()] };
    if (words.blanks.includes(bare.toLowerCase())) return { error: "blank", params: { text } };
    for (const own of [spec.unit, spec.stored].filter(Boolean).map(plain)) {
      if (bare.length > own.length && bare.endsWith(own)) bare = bare.slice(0, -own.length);
    }
    if (bare === "") return { number: "" };
    if (/^[+-]?\d[\d.]*e[+-]?\d+$/i.test(bare)) return { error: "scientific", params: { text } };
    const [, digits, tail] = /^([+-]?[\d,.]+)([^\d,.]+.*)$/.exec(bare) || [];
    if (tail && /\d/.test(digits) && Number.isFinite(Number(digits.replace(/,/g, "")))) {
      const asked = readTail(text, digits.replace(/,/g, ""), tail.toLowerCase(), spec);
      if (asked) return asked;
    }
    if (bare.includes(",")) {
      if (!/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(bare)) return { error: /[^\d,.+-]/.test(bare) ? "text" : "commas", params: { text } };
      bare = bare.replace(/,/g, "");
    }
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(bare)) return { error: "text", params: { text } };
    return checkRange(tidy(bare), spec);
  }

  function checkRange(number, spec) {
    const decimals = (number.split(".")[1] || "").length;
    if (decimals > spec.decimals) {
      const params = { most: spec.decimals, now: decimals };
      return { error: spec.decimals ? "decimals" : "whole", params, choices: [round(number, spec.decimals)] };
    }
    if (spec.minimum !== "" && Number(number) < Number(spec.minimum)) {
      return Number(spec.minimum) === 0 ? { error: "negative" } : { error: "low", params: { limit: group(tidy(spec.minimum)) } };
    }
    if (spec.maximum !== "" && Number(number) > Number(spec.maximum)) {
      return { error: "high", params: { limit: group(tidy(spec.maximum)) } };
    }
    if (number.replace(/^-|\..*$/g, "").length > 16) return { error: "long" };
    return { number };
  }

  /** "1234567.5" → "1,234,567.5", with at least `decimals` places so that points stand under one another. */
  function group(number, decimals = 0) {
    const [whole, part = ""] = number.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    const places = part.padEnd(decimals, "0");
    return places ? `${grouped}.${places}` : grouped;
  }

  return { learn, isUnit, plain, read, group, shift, tidy };
})();
