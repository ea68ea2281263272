// Holds a value against a schema of schema/openapi.yaml or schema/rules.schema.json: the part of JSON Schema
// 2020-12 that these files use.
//
// Stricter than the standard in one point: a member that is not described is a finding, so that an answer
// cannot say more than its document. An unknown keyword is a mistake of the schema and throws.

const known = new Set([
  "$ref", "type", "enum", "const", "properties", "required", "items", "minItems", "maxItems", "minLength",
  "maxLength", "minProperties", "maxProperties", "pattern", "format", "minimum", "maximum",
  "additionalProperties", "oneOf", "anyOf",
  "description", "examples", "default",
]);

const type_of = (value) =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : Number.isInteger(value)
        ? "integer"
        : typeof value === "boolean" || typeof value === "string" || typeof value === "number"
          ? typeof value
          : "object";

const fits_type = (value, type) =>
  type_of(value) === type || (type === "number" && type_of(value) === "integer");

/** Follows "#/a/b" in the document. */
export function resolve(document, node) {
  let found = node;
  while (found && typeof found === "object" && "$ref" in found) {
    const path = found.$ref;
    found = path
      .slice(2)
      .split("/")
      .reduce((at, step) => at?.[step.replaceAll("~1", "/").replaceAll("~0", "~")], document);
    if (found === undefined) throw new Error(`nothing at ${path}`);
  }
  return found;
}

/** What is wrong, one line a place; empty when the value fits. */
export function findings(document, schema, value, pointer = "") {
  const s = resolve(document, schema);
  for (const keyword of Object.keys(s))
    if (!known.has(keyword)) throw new Error(`keyword ${keyword} is not understood`);
  const found = [...one_of(document, s, value, pointer)];
  const types = s.type === undefined ? [] : [s.type].flat();
  if (types.length && !types.some((type) => fits_type(value, type)))
    return [...found, `${pointer}: ${type_of(value)} instead of ${types.join(" or ")}`];
  if ("const" in s && value !== s.const) found.push(`${pointer}: ${value} instead of ${s.const}`);
  if (s.enum && !s.enum.includes(value)) found.push(`${pointer}: ${JSON.stringify(value)} is not listed`);
  if (typeof value === "string") found.push(...of_text(s, value, pointer));
  if (typeof value === "number") {
    if (value < (s.minimum ?? -Infinity)) found.push(`${pointer}: ${value} under ${s.minimum}`);
    if (value > (s.maximum ?? Infinity)) found.push(`${pointer}: ${value} over ${s.maximum}`);
  }
  if (Array.isArray(value)) found.push(...of_array(document, s, value, pointer));
  else if (value && typeof value === "object") found.push(...of_object(document, s, value, pointer));
  return found;
}

function one_of(document, s, value, pointer) {
  const choices = s.oneOf ?? s.anyOf;
  if (!choices) return [];
  const tried = choices.map((choice) => findings(document, choice, value, pointer));
  const fitting = tried.filter((each) => each.length === 0).length;
  if (s.oneOf ? fitting === 1 : fitting > 0) return [];
  if (fitting) return [`${pointer}: fits ${fitting} of oneOf`];
  // What it was probably meant to be: a choice that this place itself fits, only something inside it not.
  const strange = (found) => Number(found.some((line) => line.startsWith(`${pointer}: `)));
  return tried.sort((a, b) => strange(a) - strange(b) || a.length - b.length)[0];
}

function of_text(s, value, pointer) {
  const found = [];
  const length = [...value].length;
  if (length < (s.minLength ?? 0)) found.push(`${pointer}: shorter than ${s.minLength}`);
  if (length > (s.maxLength ?? Infinity)) found.push(`${pointer}: longer than ${s.maxLength}`);
  const breaks = s.pattern && !new RegExp(s.pattern, "u").test(value);
  if (breaks) found.push(`${pointer}: "${value}" breaks ${s.pattern}`);
  if (s.format === "date-time" && Number.isNaN(Date.parse(value))) found.push(`${pointer}: no instant`);
  return found;
}

function of_array(document, s, value, pointer) {
  const found = [];
  if (value.length < (s.minItems ?? 0)) found.push(`${pointer}: under ${s.minItems} items`);
  if (value.length > (s.maxItems ?? Infinity)) found.push(`${pointer}: over ${s.maxItems} items`);
  if (!s.items) return found;
  value.forEach((item, i) => found.push(...findings(document, s.items, item, `${pointer}/${i}`)));
  return found;
}

function of_object(document, s, value, pointer) {
  const found = [];
  const members = Object.keys(value).length;
  if (members < (s.minProperties ?? 0)) found.push(`${pointer}: under ${s.minProperties} members`);
  if (members > (s.maxProperties ?? Infinity)) found.push(`${pointer}: over ${s.maxProperties} members`);
  for (const name of s.required ?? []) if (!(name in value)) found.push(`${pointer}/${name}: missing`);
  if (!s.properties && s.additionalProperties === undefined) return found;
  for (const [name, member] of Object.entries(value)) {
    const own = Object.hasOwn(s.properties ?? {}, name) ? s.properties[name] : s.additionalProperties;
    if (own === true) continue;
    if (!own) found.push(`${pointer}/${name}: not described`);
    else found.push(...findings(document, own, member, `${pointer}/${name}`));
  }
  return found;
}
