#include "host/report/picture.h"

#include <cairo.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "host/report/colour_map.h"
#include "host/report/features_page.h"

// Fontconfig, behind cairo, keeps what it has found until the process ends.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }

namespace genretrack {
namespace {

struct Decoded {
  int width = 0, height = 0;
  std::vector<Colour> pixels;  // from the top left
  Colour at(int x, int y) const { return pixels[static_cast<std::size_t>(y * width + x)]; }
};

Decoded decode_png(const std::string& bytes) {
  std::string_view rest = bytes;
  cairo_surface_t* surface = cairo_image_surface_create_from_png_stream(
      [](void* source, unsigned char* data, unsigned int length) {
        auto* left = static_cast<std::string_view*>(source);
        if (left->size() < length) return CAIRO_STATUS_READ_ERROR;
        std::memcpy(data, left->data(), length);
        left->remove_prefix(length);
        return CAIRO_STATUS_SUCCESS;
      },
      &rest);
  EXPECT_EQ(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
  Decoded image{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      std::uint32_t p = 0;
      std::memcpy(
          &p, cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface) + 4 * x, 4);
      image.pixels.push_back({static_cast<std::uint8_t>(p >> 16), static_cast<std::uint8_t>(p >> 8),
                              static_cast<std::uint8_t>(p)});
    }
  cairo_surface_destroy(surface);
  return image;
}

Picture small_picture() {
  Picture picture;
  picture.title = "small";
  picture.rows = 2;
  picture.columns = 3;
  picture.values = {0, 5, 10, -7, 20, NAN};
  picture.x = {"time (s)", 0, 3, {{0, "0"}, {3, "3"}}};
  picture.y = {"row", 0, 2, {{0.5, "low"}, {1.5, "high"}}};
  picture.colour = {"dB", 0, 10, {{0, "0"}, {10, "10"}}};
  return picture;
}

double luminance(const Colour& colour) {
  const auto linear = [](std::uint8_t v) {
    const double c = v / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

TEST(ColourMap, GetsLighterWithEveryStep) {
  for (int i = 1; i <= 200; ++i)
    EXPECT_GT(luminance(colour_of(i / 200.0)), luminance(colour_of((i - 1) / 200.0))) << i;
  EXPECT_LT(luminance(colour_of(0)), 0.001);
  EXPECT_GT(luminance(colour_of(1)), 0.9);
}

TEST(ColourMap, GivesTheNearerEndOutsideItsRange) {
  EXPECT_EQ(colour_of(-3), colour_of(0));
  EXPECT_EQ(colour_of(7), colour_of(1));
  EXPECT_EQ(colour_of(NAN), colour_of(0));
  EXPECT_EQ(colour_of(0.3), kColourStops[3]);
}

TEST(Picture, HeatMapDecodesToTheColoursOfItsValues) {
  const Decoded image = decode_png(heat_map_png(small_picture()));
  ASSERT_EQ(image.width, 3);
  ASSERT_EQ(image.height, 2);
  const Colour low = colour_of(0), middle = colour_of(0.5), high = colour_of(1);
  EXPECT_EQ(image.at(0, 1), low);  // row 0 is at the bottom
  EXPECT_EQ(image.at(1, 1), middle);
  EXPECT_EQ(image.at(2, 1), high);
  EXPECT_EQ(image.at(0, 0), low);
  EXPECT_EQ(image.at(1, 0), high);
  EXPECT_EQ(image.at(2, 0), low);
}

TEST(Picture, FewerColumnsKeepTheLargestOfTheirNeighbours) {
  Picture picture = small_picture();
  picture.rows = 2;
  picture.columns = 5;
  picture.values = {1, 9, 2, 3, 4, -1, -2, -3, -4, -5};
  const Picture small = reduced(picture, 2, 2);
  EXPECT_EQ(small.columns, 2);
  EXPECT_EQ(small.values, (std::vector<float>{9, 4, -1, -3}));
  EXPECT_EQ(small.note, "Each column shows the largest value of 2 or 3 frames.");
  EXPECT_EQ(reduced(picture, 5, 2).values, picture.values);
  EXPECT_EQ(reduced(picture, 5, 2).note, "");
}

TEST(Picture, FewerColumnsAndRowsMayBeMeans) {
  Picture picture = small_picture();
  picture.note = "A note.";
  picture.reduction = Reduction::kMean;
  picture.rows = 4;
  picture.columns = 4;
  picture.values = {1, 2, 3, 4, 5, 6, 7, 8, -1, -1, 0, 0, -1, -1, 0, 8};
  const Picture small = reduced(picture, 2, 2);
  EXPECT_EQ(small.rows, 2);
  EXPECT_EQ(small.values, (std::vector<float>{3.5, 5.5, -1, 2}));
  EXPECT_EQ(small.note, "A note. Each column shows the mean of 2 frames.");
}

TEST(Picture, PngStacksPicturesUnderATitle) {
  const Picture picture = small_picture();
  const Decoded one = decode_png(pictures_png("title", "line", {picture}));
  const Decoded two = decode_png(pictures_png("title", "line", {picture, picture}));
  EXPECT_EQ(one.width, 1600);
  EXPECT_GT(two.height, one.height + 200);
  // The middle of the first picture's columns, below and above: the heat map stands there undisturbed.
  const int x = 110 + (1600 - 110 - 150) / 2, top = 110 + 50, height = 390 - 50 - 70;
  EXPECT_EQ(one.at(x, top + height * 3 / 4), colour_of(0.5));
  EXPECT_EQ(one.at(x, top + height / 4), colour_of(1));
  EXPECT_EQ(one.at(1, 1), (Colour{255, 255, 255}));
  EXPECT_EQ(pictures_png("title", "line", {picture}), pictures_png("title", "line", {picture}));
}

TEST(Picture, PngShortensATitleThatIsTooLong) {
  const Picture picture = small_picture();
  std::string name;
  for (int i = 0; i < 60; ++i) name += "l\u00f6ng ";
  const Decoded image = decode_png(pictures_png(name, name, {picture}));
  for (int y = 0; y < 100; ++y)
    for (int x = 1600 - 40; x < 1600; ++x)
      ASSERT_EQ(image.at(x, y), (Colour{255, 255, 255})) << x << ", " << y;
}

TEST(Picture, SvgIsTheSameDrawing) {
  const Picture picture = small_picture();
  const std::string svg = pictures_svg("title", "line", {picture, picture});
  EXPECT_TRUE(svg.starts_with("<?xml")) << svg.substr(0, 100);
  EXPECT_NE(svg.find("width=\"1600px\""), std::string::npos) << svg.substr(0, 400);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("<text"), std::string::npos) << "text is outlines";
  EXPECT_TRUE(svg == pictures_svg("title", "line", {picture, picture})) << "the same bytes each time";
  const std::string hostile = pictures_svg("<script>&\"", "line", {picture});
  EXPECT_EQ(hostile.find("<script"), std::string::npos);
  EXPECT_NE(hostile.find("<title>&lt;script&gt;&amp;&quot;</title>"), std::string::npos);
}

TEST(Picture, ChartAndPngShareTheirAxes) {
  const Picture picture = small_picture();
  const nlohmann::json chart = picture_chart(picture);
  const auto scale = [&](const std::string& name) {
    for (const auto& one : chart["scales"])
      if (one["name"] == name) return one;
    return nlohmann::json();
  };
  EXPECT_EQ(scale("x")["domain"], nlohmann::json({0.0, 3.0}));
  EXPECT_EQ(scale("y_labels")["range"], nlohmann::json({"low", "high"}));
  EXPECT_EQ(scale("y_labels")["domain"], nlohmann::json({0.5, 1.5}));
  EXPECT_EQ(chart["axes"][2]["title"], "dB");
}

TEST(Picture, ChartHoldsTheHeatMapAsBase64) {
  const std::string url =
      picture_chart(small_picture())["marks"][0]["encode"]["update"]["url"]["value"].get<std::string>();
  const std::string_view begin = "data:image/png;base64,";
  ASSERT_TRUE(url.starts_with(begin));
  std::string bytes;
  unsigned bits = 0;
  int have = 0;
  for (const char c : url.substr(begin.size())) {
    if (c == '=') break;
    const auto digit =
        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").find(c);
    ASSERT_NE(digit, std::string_view::npos);
    bits = bits << 6 | static_cast<unsigned>(digit);
    if ((have += 6) >= 8) bytes += static_cast<char>(bits >> (have -= 8) & 255);
  }
  // The picture itself, its two rows repeated to the height of the chart.
  const Decoded image = decode_png(bytes), plain = decode_png(heat_map_png(small_picture()));
  ASSERT_EQ(image.width, 3);
  ASSERT_EQ(image.height, 240);
  for (int x = 0; x < 3; ++x)
    for (int y = 0; y < 240; ++y) ASSERT_EQ(image.at(x, y), plain.at(x, y / 120)) << x << ", " << y;
}

}  // namespace
}  // namespace genretrack
