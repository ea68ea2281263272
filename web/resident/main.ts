// The resident page: reads what the server put into the HTML, so that it paints without another request,
// and shows the one view that it asks for. Letters that waited for a signal are sent from here.

import "../base/tokens.css";
import "./resident.css";
import "./fields.css";
import "./track.css";
import { apply_preferences } from "../base/preferences.ts";
import { set_server_time } from "../base/time.ts";
import { show_error } from "./error_view.ts";
import { language, start_page, type Context } from "./page.ts";
import { open_report } from "./report_view.ts";
import { show_track } from "./track_view.ts";

function read_context(): Context | null {
  try {
    return JSON.parse(document.getElementById("context")?.textContent ?? "") as Context;
  } catch {
    return null;
  }
}

const context = read_context();
apply_preferences();
start_page(context);
set_server_time(context?.code?.server_time ?? context?.track?.server_time);
if (context?.kind === "code" && context.code) {
  void open_report(context.code, context);
} else if (context?.kind === "track" && context.track) {
  // What the server wrote is in the language that it guessed; the person may have chosen the other one here.
  const other_language = context.lang !== language();
  show_track(context.track, tracking_of_address(), { first_look_ms: other_language ? 0 : undefined });
} else {
  show_error(context);
}

function tracking_of_address(): string {
  return decodeURIComponent(location.pathname.split("/").pop() ?? "");
}
