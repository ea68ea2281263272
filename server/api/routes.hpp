// The route tables of the API, one a resource; the app joins them in one router.
#pragma once

#include <span>

#include "server/http/router.hpp"

namespace mashang::server {

class App;
using Routes = std::span<const http::Route<App>>;

Routes page_routes();  // /c/{token}, /t/{tracking}, the staff's pages, their assets
Routes code_routes();
Routes report_routes();
Routes track_routes();
Routes media_routes();
Routes session_routes();
Routes task_routes();
Routes case_routes();
Routes live_routes();
Routes district_routes();    // territory, matters, messages
Routes document_routes();    // rule sets, standards, calendars, shifts, catalogue, territories; audit
Routes simulation_routes();  // what-if of rule sets, standards, calendars, shifts
Routes case_move_routes();   // open cases to another version
Routes metrics_routes();
Routes ops_routes();  // health, readiness, Prometheus, OpenAPI, the test clock

inline constexpr std::size_t small_body = 64 * 1024;

}  // namespace mashang::server
