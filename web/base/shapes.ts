// The documents of the API as the pages read them. Instants are RFC 3339 texts, ids are strings.

export type Stage = "sign_off" | "response" | "closure" | "review" | "end_to_end" | "part" | "supervision";
export type Status =
  | "waiting"
  | "dispatched"
  | "signed_off"
  | "responded"
  | "in_review"
  | "closed"
  | "rejected"
  | "withdrawn"
  | "merged";
export type Flag = "returning" | "adjudicating" | "paused" | "supervised" | "provisional";
export type Priority = "ordinary" | "urgent" | "emergency";
export type Role =
  | "worker"
  | "leader"
  | "reviewer"
  | "unit"
  | "agent"
  | "community"
  | "street"
  | "district"
  | "administrator";

export interface Person {
  id: string;
  name: string;
  role: Role;
  unit: string;
  desk?: boolean;
  load?: number;
  capacity?: number;
  on_duty?: boolean;
}

export interface Due {
  sign_off?: string;
  response?: string;
  closure?: string;
  review?: string;
}

export type ClockState = "pending" | "running" | "held" | "met" | "breached" | "cancelled";

export interface Clock {
  id: string;
  stage: Stage;
  party: Person | null;
  step: number | null;
  attempt: number;
  start: string;
  /** The end-to-end clock only counts: it has no limit and no due instant. */
  due: string | null;
  original_due: string | null;
  limit: string | null;
  used_ms: number;
  paused_ms: number;
  state: ClockState;
  provisional: boolean;
  standard: string;
}

export interface Place {
  name: string;
  address: string;
  kind: string;
  grid_code: string;
  grid_name: string;
  division_code: string;
  division_name: string;
  street_name: string;
  lat: number;
  lon: number;
  system: "wgs84";
  serial: string;
}

/** What the plate of a code says is told to whoever scanned it. */
export interface ScannedPlace extends Place {
  phrase: string;
}

export interface Question {
  id: string;
  text: string;
  options: { id: string; text: string }[];
}

export interface Matter {
  code: string;
  name: string;
  name_en: string;
  kind: "S" | "B" | "M";
  questions: Question[];
}

export interface MatterName {
  code: string;
  name: string;
  name_en?: string;
}

export interface Happening {
  at: string;
  what: string;
  args?: Record<string, unknown>;
  text: string;
  by_role: string;
  by_name?: string;
  media: string[];
}

export interface Result {
  text: string;
  media: string[];
  at: string;
}

export interface Rating {
  score: number;
  comment?: string | null;
  at: string;
}

// What a resident reads.

export interface Notice {
  title: string;
  text: string;
  at: string;
}

export interface OpenCase {
  number: string;
  matter: MatterName;
  status: Status;
  stage: string;
  reports: number;
  since: string;
}

export interface CodeDocument {
  token: string;
  place: ScannedPlace;
  matters: Matter[];
  /** The page's own copy has only code and name of these; the API's answer has all of them. */
  more_matters: (Matter | Pick<Matter, "code" | "name">)[];
  notices: Notice[];
  open_cases: OpenCase[];
  server_time: string;
  limits: { text_chars_max: number; media_max: number; media_bytes_max: number };
}

export interface MediaReceipt {
  media_id: string;
  width: number;
  height: number;
  bytes: number;
}

export interface ReportReceipt {
  number: string;
  tracking: string;
  tracking_url: string;
  status: Status;
  owner: Person;
  first_owner: Person;
  co_handlers: Person[];
  due: Due;
  accepted_at: string;
  dispatched_at: string;
  matter: MatterName;
  place: Place;
  joined: boolean;
}

export interface TrackStep {
  stage: "accepted" | "sign_off" | "response" | "closure" | "review";
  due?: string | null;
  done_at: string | null;
  on_time: boolean | null;
  state: string;
}

export interface TrackDocument {
  number: string;
  status: Status;
  flags: Flag[];
  stage: string;
  matter: MatterName;
  place: Place;
  owner: Person;
  due: Due;
  accepted_at: string;
  steps: TrackStep[];
  timeline: Happening[];
  media: string[];
  result: Result | null;
  rating: Rating | null;
  can: { rate: boolean; supplement: boolean; withdraw: boolean };
  rate_until: string | null;
  server_time: string;
}

// What staff read.

export interface Session {
  id: string;
  name: string;
  role: Role;
  unit: string;
  scope: string[];
  csrf_token: string;
  server_time: string;
}

export interface Task {
  number: string;
  revision: number;
  status: Status;
  flags: Flag[];
  overdue: boolean;
  stage: Stage | "";
  matter: MatterName;
  place: Place;
  owner: Person;
  summary: string;
  priority: Priority;
  next_due: string | null;
  due: Due;
  clock: { start: string; due: string; limit: string; stage: Stage; state: ClockState } | null;
  accepted_at: string;
  reports: number;
  media: string[];
  party: "owner" | "co_handler" | "reviewer";
  part_id?: string;
  allowed: string[];
}

export interface TaskList {
  items: Task[];
  next_cursor: string | null;
  counts: Record<"open" | "overdue" | "dispatched" | "signed_off" | "responded" | "parts", number>;
  done_today: number;
  server_time: string;
}

export interface CaseList {
  items: Task[];
  next_cursor: string | null;
  total: number;
  /** Counting stops at 10,000. */
  more_than_total: boolean;
}

export interface CaseReport {
  id: string;
  at: string;
  text: string;
  reporter: { kind: string; name: string; phone: string } | null;
  anonymous: boolean;
  media: string[];
  position: { lat: number; lon: number; accuracy_m?: number; system: string } | null;
  answers: Record<string, string> | null;
  answer_texts: { question: string; answer: string }[];
  rating: Rating | null;
}

export interface CasePart {
  id: string;
  unit: Person;
  due: string;
  state: string;
  note: string;
  limit: string;
  finished_at: string | null;
  on_time: boolean | null;
}

export interface CaseOrder {
  id: string;
  question: string;
  answer: string | null;
  by: Person;
  due: string;
  state: string;
}

export interface CaseEvent {
  seq: number;
  at: string;
  what: string;
  args: Record<string, unknown>;
  text: string;
  actor: { name: string; role: string } | null;
  by_role: string;
  /** What somebody wrote with it: a reason, a ruling, what was added. */
  note?: string;
  where_to?: string;
  media: string[];
}

export interface CaseDocument {
  number: string;
  revision: number;
  status: Status;
  flags: Flag[];
  overdue: boolean;
  stage: Stage | "";
  priority: Priority;
  place: Place;
  matter: MatterName;
  owner: Person;
  first_owner: Person;
  co_handlers: Person[];
  reports: CaseReport[];
  due: Due;
  clocks: Clock[];
  parts: CasePart[];
  orders: CaseOrder[];
  events: CaseEvent[];
  media: string[];
  result: Result | null;
  allowed: string[];
  pending: {
    return?: { reason: string; by: Person; at: string };
    pause?: { reason: string; until: string; by: Person };
    extension?: { limit: string; reason: string; by: Person };
  };
  hops: number;
  accepted_at: string;
  dispatched_at: string;
  server_time: string;
  candidates?: Person[];
}

export interface PeopleList {
  items: Person[];
  units: Person[];
}

export interface LiveCase {
  number: string;
  revision: number;
  status: Status;
  flags: Flag[];
  stage: Stage | "";
  owner: Person;
  due: Due;
  what: string;
  at: string;
  grid_code: string;
  overdue: boolean;
}

export interface Share {
  n: number;
  of: number;
  rate: number | null;
}

export interface Figures {
  reports: number;
  cases: number;
  dispatched_within_1s: Share;
  sign_off: Share;
  response: Share;
  closed: Share;
  closed_on_time: Share;
  satisfaction: Share;
  participation: Share;
  redo: Share;
  overdue_now: number;
  open_now: number;
  waiting_now: number;
}

export interface Summary {
  from: string;
  to: string;
  as_of: string;
  figures: Figures;
  last_week: Figures;
  targets: Partial<Record<keyof Figures, number>>;
}

export interface StageMeasure {
  stage: Stage;
  n: number;
  running: number;
  breached: number;
  on_time: Share;
  gross_ms: { p50: number | null; p90: number | null };
  net_working_ms: { p50: number | null; p90: number | null };
  limit_ms_p50: number | null;
}

export interface Decision {
  engine: string;
  versions: Record<"rulebook" | "standards" | "calendar" | "catalogue" | "territory" | "roster", string>;
  at: string;
  facts: Record<string, unknown>;
  rules: { order: number; id: string; name: string; matched: boolean; why: Why }[];
  candidates: { person: Person; chosen: boolean; load: number; why: Why }[];
  chain: { rung: string; outcome: string }[];
  owner: Person;
  clock_start: string;
  dues: { stage: Stage; limit: string; due: string; standard: string; intervals: [string, string][] }[];
  sentences: string[];
  trace_hash: string;
}

export interface Why {
  what: string;
  args: Record<string, unknown>;
  text: string;
}
