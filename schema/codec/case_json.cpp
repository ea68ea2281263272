#include "schema/codec/case_json.hpp"

#include "schema/codec/case_fields.hpp"

namespace mashang::schema {

std::string encode_case(const Case& c) {
    return FieldWriter().text(c);
}

Result<Case> decode_case(std::string_view state) {
    Case c;
    FieldReader reader;
    if (!reader.parse(state, c))
        return make_error(Errc::internal, "error.internal", {{"case", reader.where()}});
    return c;
}

}  // namespace mashang::schema
