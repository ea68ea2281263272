#include "server/api/sheets.hpp"

#include <stdlib.h>
#include <xlsxwriter.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace mashang::server {
namespace {

constexpr const char* no_figure = "—";

std::string percent_text(Share share) {
    const auto hundredths = share.percent_hundredths();
    if (!hundredths) return no_figure;
    char out[16];
    std::snprintf(out, sizeof out, "%d.%02d%%", *hundredths / 100, *hundredths % 100);
    return out;
}

std::string span_text(std::optional<Millis> length) {
    if (!length) return no_figure;
    const auto s = std::chrono::floor<std::chrono::seconds>(*length).count();
    char out[48];
    std::snprintf(out, sizeof out, "%lld:%02lld:%02lld", static_cast<long long>(s / 3600),
                  static_cast<long long>(s / 60 % 60), static_cast<long long>(s % 60));
    return out;
}

std::string quoted(std::string text) {
    if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
        text.insert(text.begin(), '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char ch : text) {
        out += ch;
        if (ch == '"') out += '"';
    }
    return out + '"';
}

struct AsCsv {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return quoted(text); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
        char out[32];
        std::snprintf(out, sizeof out, "%.4f", number);
        return out;
    }
    std::string operator()(const Percent& rate) const { return percent_text(rate.share); }
    std::string operator()(const Span& span) const { return span_text(span.length); }
};

// A folder of our own that goes with everything in it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::error_code failed;
        auto pattern = (std::filesystem::temp_directory_path(failed) / "mashang-sheet-XXXXXX").string();
        if (!failed && ::mkdtemp(pattern.data())) path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

struct Formats {
    lxw_format *bold, *percent, *span, *fraction;
};

Formats formats_of(lxw_workbook* book) {
    Formats f{workbook_add_format(book), workbook_add_format(book), workbook_add_format(book),
              workbook_add_format(book)};
    format_set_bold(f.bold);
    format_set_num_format(f.percent, "0.00%");
    format_set_num_format(f.span, "[h]:mm:ss");
    format_set_num_format(f.fraction, "0.0000");
    return f;
}

struct AsXlsx {
    lxw_worksheet* page;
    lxw_row_t row;
    lxw_col_t column;
    const Formats& formats;

    void operator()(std::monostate) const {}
    void operator()(const std::string& text) const {
        worksheet_write_string(page, row, column, text.c_str(), nullptr);
    }
    void operator()(std::int64_t number) const {
        worksheet_write_number(page, row, column, static_cast<double>(number), nullptr);
    }
    void operator()(double number) const {
        worksheet_write_number(page, row, column, number, formats.fraction);
    }
    void operator()(const Percent& rate) const {
        if (const auto value = rate.share.rate())
            worksheet_write_number(page, row, column, *value, formats.percent);
        else
            (*this)(std::string(no_figure));
    }
    void operator()(const Span& span) const {
        constexpr double day_ms = 86'400'000.0;
        if (span.length)
            worksheet_write_number(page, row, column, static_cast<double>(span.length->count()) / day_ms,
                                   formats.span);
        else
            (*this)(std::string(no_figure));
    }
};

void fill(lxw_workbook* book, const Sheet& sheet) {
    const Formats formats = formats_of(book);
    lxw_worksheet* page = workbook_add_worksheet(book, sheet.title.c_str());
    if (!page) page = workbook_add_worksheet(book, nullptr);
    constexpr double width = 16;
    worksheet_set_column(page, 0, static_cast<lxw_col_t>(sheet.header.size()), width, nullptr);
    worksheet_freeze_panes(page, 1, 0);
    for (std::size_t i = 0; i < sheet.header.size(); ++i)
        worksheet_write_string(page, 0, static_cast<lxw_col_t>(i), sheet.header[i].c_str(), formats.bold);
    for (std::size_t r = 0; r < sheet.rows.size(); ++r)
        for (std::size_t i = 0; i < sheet.rows[r].size(); ++i)
            std::visit(AsXlsx{page, static_cast<lxw_row_t>(r + 1), static_cast<lxw_col_t>(i), formats},
                       sheet.rows[r][i]);
}

}  // namespace

std::string to_csv(const Sheet& sheet) {
    std::string csv = "\xEF\xBB\xBF";
    for (std::size_t i = 0; i < sheet.header.size(); ++i) csv += (i ? "," : "") + quoted(sheet.header[i]);
    csv += "\r\n";
    for (const auto& row : sheet.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) csv += (i ? "," : "") + std::visit(AsCsv{}, row[i]);
        csv += "\r\n";
    }
    return csv;
}

Result<std::string> to_xlsx(const Sheet& sheet) {
    // The library writes files only.
    TemporaryFolder folder;
    if (folder.path().empty()) return make_error(Errc::unavailable, "error.unavailable");
    const std::string file = folder.path() + "/sheet.xlsx";
    std::string parts = folder.path();
    lxw_workbook_options options{};
    options.tmpdir = parts.data();
    lxw_workbook* book = workbook_new_opt(file.c_str(), &options);
    if (!book) return make_error(Errc::unavailable, "error.unavailable");
    fill(book, sheet);
    if (workbook_close(book) != LXW_NO_ERROR) return make_error(Errc::unavailable, "error.unavailable");
    std::ifstream in(file, std::ios::binary);
    if (!in) return make_error(Errc::unavailable, "error.unavailable");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace mashang::server
