#include "host/cache/feature_cache.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <unordered_map>

#include "host/cache/cache_file.h"
#include "host/cache/half.h"
#include "host/cache/row_check.h"
#include "host/core/error.h"

namespace genretrack {

struct FeatureCache::Impl {
  CacheFile file;
  std::unordered_map<std::string, std::size_t> rows;

  void read_row(Transform transform, std::size_t row, std::span<float> out,
                std::vector<std::uint16_t>& halves) const {
    const bool is_half = file.header.storage == Storage::kFloat16;
    if (is_half) halves.resize(out.size());
    const std::span<std::byte> bytes =
        is_half ? std::as_writable_bytes(std::span(halves)) : std::as_writable_bytes(out);
    read_at(file.file, file.row_offset(transform, row), bytes, file.path);
    const RowCheck check = check_row(bytes, file.header.storage);
    if (check.hash != file.header.clips[row].row_hashes[static_cast<std::size_t>(transform)])
      fail(transform, row, "is not what was stored");
    if (!check.finite) fail(transform, row, "holds values that are not finite");
    if (is_half) to_float(halves, out);
  }

  [[noreturn]] void fail(Transform transform, std::size_t row, const char* what) const {
    throw Error(ErrorKind::kData, file.path.string() + ": the " + std::string(name(transform)) + " of " +
                                      file.header.clips[row].id + " " + what +
                                      "; genretrack cache with --verify and -o " + file.path.string() +
                                      " computes it anew");
  }
};

FeatureCache::FeatureCache(const std::filesystem::path& path) : impl_(std::make_unique<Impl>()) {
  impl_->file = open_cache_file(path);
  const auto& all = clips();
  for (std::size_t i = 0; i < all.size(); ++i) impl_->rows.emplace(all[i].id, i);
}
FeatureCache::~FeatureCache() = default;
FeatureCache::FeatureCache(FeatureCache&&) noexcept = default;

const std::filesystem::path& FeatureCache::path() const { return impl_->file.path; }
const FeatureParams& FeatureCache::params() const { return impl_->file.header.params; }
Storage FeatureCache::storage() const { return impl_->file.header.storage; }
const std::vector<CachedClip>& FeatureCache::clips() const { return impl_->file.header.clips; }

std::optional<std::size_t> FeatureCache::find(const std::string& id) const {
  const auto found = impl_->rows.find(id);
  if (found == impl_->rows.end()) return std::nullopt;
  return found->second;
}

void FeatureCache::read(Transform transform, std::span<const std::size_t> rows, std::span<float> out,
                        int threads) const {
  const std::size_t values =
      static_cast<std::size_t>(params().rows(transform)) * static_cast<std::size_t>(params().frame_count());
  if (out.size() != rows.size() * values)
    throw Error(ErrorKind::kFailure, "rows of the feature cache were asked for into room of another size");
  for (const std::size_t row : rows)
    if (row >= clips().size())
      throw Error(ErrorKind::kFailure, "a row was asked for that the feature cache does not have");
  const std::size_t shares = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), 1,
                                                     std::max<std::size_t>(rows.size(), 1));
  std::vector<std::exception_ptr> failures(shares);
  const auto read_share = [&](std::size_t share) {
    try {
      std::vector<std::uint16_t> halves;
      for (std::size_t i = rows.size() * share / shares; i < rows.size() * (share + 1) / shares; ++i)
        impl_->read_row(transform, rows[i], out.subspan(i * values, values), halves);
    } catch (...) {
      failures[share] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t share = 1; share < shares; ++share) helpers.emplace_back(read_share, share);
    read_share(0);
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace genretrack
