#include "server/config.hpp"

#include <toml++/toml.h>

#include <functional>
#include <map>

namespace mashang::server {
namespace {

Error wrong(const std::string& key, const std::string& reason) {
    return make_error(Errc::invalid, "error.config", {{"key", key}, {"reason", reason}});
}

using Setter = std::function<bool(const toml::node&)>;

template <class T>
Setter into(T& target) {
    return [&target](const toml::node& node) {
        if constexpr (std::is_same_v<T, bool>) {
            const auto v = node.value_exact<bool>();
            if (v) target = *v;
            return v.has_value();
        } else if constexpr (std::is_integral_v<T>) {
            const auto v = node.value_exact<std::int64_t>();
            if (v) target = static_cast<T>(*v);
            return v && static_cast<std::int64_t>(target) == *v;
        } else {
            const auto v = node.value_exact<std::string>();
            if (v) target = *v;
            return v.has_value();
        }
    };
}

}  // namespace

std::string Config::url() const {
    if (!base_url.empty()) return base_url;
    return "http://" + address + ":" + std::to_string(port);
}

void Config::settle_store() {
    if (store.empty()) store = "sqlite:" + (data / "mashang.db").string();
}

Result<void> check_config(const Config& c) {
    if (c.io_threads < 1 || c.io_threads > 64) return wrong("io_threads", "1..64");
    if (c.pool_threads < 1 || c.pool_threads > 64) return wrong("pool_threads", "1..64");
    // Under the connections the listener takes, or it could never fill.
    if (c.queue_max < 1 || c.queue_max > 4000) return wrong("queue_max", "1..4000");
    if (c.pack_after_days < 0 || c.pack_after_days > 36500) return wrong("pack_after_days", "0..36500");
    if (c.node < 0 || c.node > 1023) return wrong("node", "0..1023");
    const bool loopback = c.address == "127.0.0.1" || c.address == "::1";
    if (c.test_clock && !loopback) return wrong("test_clock", "loopback only");
    if (!c.limits && !loopback) return wrong("limits", "loopback only");
    return {};
}

Result<Config> load_config(const std::filesystem::path& file) {
    Config c;
    std::string data, web;
    const std::map<std::string, Setter> keys = {
        {"store", into(c.store)},
        {"data", into(data)},
        {"address", into(c.address)},
        {"port", into(c.port)},
        {"base_url", into(c.base_url)},
        {"web", into(web)},
        {"io_threads", into(c.io_threads)},
        {"pool_threads", into(c.pool_threads)},
        {"queue_max", into(c.queue_max)},
        {"pack_after_days", into(c.pack_after_days)},
        {"node", into(c.node)},
        {"limits", into(c.limits)},
        {"test_clock", into(c.test_clock)},
        {"tile_url", into(c.tile_url)},
        {"hotline", into(c.hotline)},
        {"tile_attribution", into(c.tile_attribution)},
        {"log_level", into(c.log_level)},
    };
    try {
        for (const auto& [name, node] : toml::parse_file(file.string())) {
            const auto setter = keys.find(std::string(name.str()));
            if (setter == keys.end()) return wrong(std::string(name.str()), "unknown key");
            if (!setter->second(node)) return wrong(std::string(name.str()), "wrong type or out of range");
        }
    } catch (const toml::parse_error& e) {
        return wrong(file.string(), std::string(e.description()));
    }
    if (!data.empty()) c.data = data;
    if (!web.empty()) c.web = web;
    if (auto ok = check_config(c); !ok) return ok.error();
    return c;
}

}  // namespace mashang::server
