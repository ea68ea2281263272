#include "schema/number_blocks.hpp"

#include "schema/queries/counters.hpp"

namespace mashang::schema {

std::int64_t NumberBlocks::take(int district, const std::string& name, std::int64_t size) {
    constexpr std::size_t names_max = 64;  // days go by
    const std::lock_guard lock(mutex_);
    if (blocks_.size() > names_max) blocks_.clear();
    auto& block = blocks_[{district, name}];
    if (block.end - block.next < size) {
        if (!session_ || session_->is_lost()) session_ = std::make_unique<Session>(url_, Session::Use::write);
        const auto leased = std::max(size, block_size);
        Tx tx(*session_);
        const auto first = take_numbers(tx, district, name, leased);
        // Where nobody leased in between, what is left goes on without a gap.
        if (block.end != first) block.next = first;
        block.end = first + leased;
    }
    const auto first = block.next;
    block.next += size;
    return first;
}

}  // namespace mashang::schema
