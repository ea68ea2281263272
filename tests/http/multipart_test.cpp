// A form's parts, as browsers and curl send them.
#include "server/http/multipart.hpp"

#include <catch2/catch.hpp>

using namespace mashang;
using http::parse_multipart;

namespace {

constexpr std::string_view type = "multipart/form-data; boundary=XX";

std::string key(const Result<std::vector<http::Part>>& result) {
    return result.has_error() ? result.error().key : "";
}

}  // namespace

TEST_CASE("a text and a photo come out as they went in") {
    const std::string photo{"\xff\xd8\r\n--X\r\n\0\xff", 11};
    const std::string body =
        "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n路灯不亮\r\n"
        "--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\";c.jpg\"\r\n"
        "Content-Type: image/jpeg\r\n\r\n" +
        photo + "\r\n--XX--\r\n";
    const auto parts = parse_multipart(type, body);
    REQUIRE(parts.has_value());
    REQUIRE(parts->size() == 2);
    CHECK(parts->at(0).name == "text");
    CHECK_FALSE(parts->at(0).filename);
    CHECK(parts->at(0).content_type == "text/plain");
    CHECK(parts->at(0).body == "路灯不亮");
    CHECK(parts->at(1).filename == "a \"b\";c.jpg");
    CHECK(parts->at(1).content_type == "image/jpeg");
    CHECK(parts->at(1).body == photo);
}

TEST_CASE("a quoted boundary, a preamble and an empty part are taken") {
    const auto parts =
        parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"",
                        "ignored\r\n--a b  \r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n"
                        "--a b--ignored");
    REQUIRE(parts.has_value());
    REQUIRE(parts->size() == 1);
    CHECK(parts->at(0).name == "x");
    CHECK(parts->at(0).body.empty());
}

TEST_CASE("a form without parts is empty") {
    CHECK(parse_multipart(type, "--XX--\r\n")->empty());
}

TEST_CASE("another content type is no form") {
    CHECK(key(parse_multipart("application/json", "{}")) == "error.not_multipart");
    CHECK(key(parse_multipart("multipart/mixed; boundary=XX", "--XX--")) == "error.not_multipart");
}

TEST_CASE("a malformed form is refused") {
    const std::string part = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb";
    for (const std::string& body :
         {std::string{}, part, part + "\r\n--XX", std::string{"--XX\r\n\r\nno header\r\n--XX--"},
          std::string{"--XX\r\nX: y\r\n\r\nno name\r\n--XX--"},
          std::string{"--XX\r\nContent-Disposition: form-data; name=\"open\r\n\r\nx\r\n--XX--"},
          std::string{"--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--"},
          std::string{"--XXX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XXX--"}}) {
        CAPTURE(body);
        CHECK(key(parse_multipart(type, body)) == "error.multipart_malformed");
    }
    CHECK(key(parse_multipart("multipart/form-data", part)) == "error.multipart_malformed");
    CHECK(key(parse_multipart("multipart/form-data; boundary=" + std::string(71, 'x'), part)) ==
          "error.multipart_malformed");
}

TEST_CASE("parts and their headers are bounded") {
    std::string body;
    for (int i = 0; i < 3; ++i) body += "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n";
    body += "--XX--";
    CHECK(parse_multipart(type, body, {.parts_max = 3}).has_value());
    CHECK(key(parse_multipart(type, body, {.parts_max = 2})) == "error.multipart_too_many");
    CHECK(key(parse_multipart(type, body, {.part_header_bytes_max = 20})) == "error.multipart_malformed");
}
