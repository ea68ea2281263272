#include "server/held_store.hpp"

namespace mashang::server {

Result<HeldStore> held_store(const Config& config, Holding holding) {
    HeldStore held;
    if (holding == Holding::to_write && config.store.starts_with("sqlite:")) {
        auto lock = FolderLock::take(config.data);
        if (!lock) return lock.error();
        held.lock = std::move(*lock);
    }
    schema::StoreOptions options;
    options.url = config.store;
    auto opened = schema::open_store(options);
    if (!opened) return opened.error();
    held.store = std::move(*opened);
    return held;
}

}  // namespace mashang::server
