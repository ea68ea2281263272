// Lists of cases as pages want them: rows with the first words and photos of the report.
#pragma once

#include "server/api/answer.hpp"

namespace mashang::server {

// Decodes the rows and reads the first report of each.
Result<std::vector<Task>> tasks_of(schema::Tx& tx, int district, const std::vector<schema::CaseRow>& rows);
// The filters of api.md from the query, inside the actor's scope.
Result<schema::CaseFilter> filter_of(const App& app, const http::Request& request, const SignedIn& who);

}  // namespace mashang::server
