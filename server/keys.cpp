#include "server/keys.hpp"

#include <sodium.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <filesystem>

#include "server/synced_files.hpp"

namespace mashang::server {
namespace {

constexpr std::size_t key_bytes = 32;
using Bytes = std::array<std::uint8_t, key_bytes>;

Error broken(const std::string& why) {
    return make_error(Errc::unavailable, "error.keys_file", {{"reason", why}});
}

std::string hex(const Bytes& bytes) {
    std::string text(key_bytes * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

std::optional<Bytes> unhex(const std::string& text) {
    Bytes bytes{};
    std::size_t length = 0;
    const char* end = nullptr;
    const int bad = sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), "", &length, &end);
    if (bad != 0 || length != key_bytes) return std::nullopt;
    return bytes;
}

std::string fresh(const char* name) {
    Bytes bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return std::string(name) + " = \"" + hex(bytes) + "\"\n";
}

// Whole or not at all, and on the disk before anybody prints a code signed with it.
Result<void> create(const std::filesystem::path& file) {
    const std::string text =
        "# Mashang's secrets. Keep a copy in a safe place; printed codes depend on them.\n" +
        fresh("personal") + fresh("session") + "current_token_key = 1\n[token_keys]\n" + fresh("1");
    const auto part = file.string() + ".part";
    ::unlink(part.c_str());  // of a start that was cut short
    if (write_synced(part, text, S_IRUSR | S_IWUSR) != 0 || ::rename(part.c_str(), file.c_str()) != 0 ||
        sync_folder(file.parent_path()) != 0)
        return broken("cannot write");
    return {};
}

}  // namespace

Result<Keys> make_keys(const std::filesystem::path& file) {
    if (sodium_init() < 0) return broken("no random numbers");
    if (!std::filesystem::exists(file)) {
        if (auto made = create(file); !made) return made.error();
    }
    return load_keys(file);
}

Result<Keys> load_keys(const std::filesystem::path& file) {
    if (sodium_init() < 0) return broken("no random numbers");
    if (!std::filesystem::exists(file))
        return make_error(Errc::unavailable, "error.no_keys", {{"path", file.string()}});
    try {
        const auto table = toml::parse_file(file.string());
        const auto personal = unhex(table["personal"].value_or<std::string>(""));
        const auto session = unhex(table["session"].value_or<std::string>(""));
        std::vector<qr::TokenKey> ring;
        if (const auto* keys = table["token_keys"].as_table()) {
            for (const auto& [name, value] : *keys) {
                const auto bytes = unhex(value.value_or<std::string>(""));
                if (!bytes) return broken("token key " + std::string(name.str()));
                ring.push_back({std::stoi(std::string(name.str())), *bytes});
            }
        }
        if (!personal || !session) return broken("a key is missing or malformed");
        auto tokens = qr::TokenKeys::make(ring, table["current_token_key"].value_or(0));
        if (!tokens) return tokens.error();
        return Keys{*tokens, *personal, *session};
    } catch (const std::exception& e) {
        return broken(e.what());
    }
}

}  // namespace mashang::server
