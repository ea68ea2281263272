// Numbers that are given out in order, a block at a time: the one question that several tables ask.
// Private to schema/queries.
#pragma once

#include <cstdint>
#include <string>

#include "schema/store.hpp"

namespace mashang::schema {

// The first of `size` consecutive numbers, from 1; nobody gets them again unless the transaction rolls back.
std::int64_t take_numbers(Tx& tx, int district, const std::string& name, std::int64_t size);

}  // namespace mashang::schema
