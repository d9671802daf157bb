"""The checks themselves: each finds what it is for, and leaves good code alone."""

import unittest

import banned
import layers
import lengths
from source_files import blank_out


class LayersTest(unittest.TestCase):
    def test_a_layer_above_is_refused(self):
        self.assertIsNotNone(layers.wrong_include("store", '#include "server/app.h"'))
        self.assertIsNotNone(layers.wrong_include("base", '#include "orchestrator/core/saga.h"'))

    def test_siblings_do_not_include_each_other(self):
        self.assertIsNotNone(layers.wrong_include("store", '#include "events/publisher.h"'))

    def test_the_core_does_no_io(self):
        self.assertIsNotNone(layers.wrong_include("orchestrator/core", "#include <thread>"))
        self.assertIsNotNone(layers.wrong_include("orchestrator/core", "#include <pqxx/pqxx>"))

    def test_foreign_libraries_stay_in_their_adapter(self):
        self.assertIsNotNone(layers.wrong_include("orchestrator", "#include <librdkafka/rdkafka.h>"))
        self.assertIsNone(layers.wrong_include("events", "#include <librdkafka/rdkafka.h>"))

    def test_what_is_allowed_passes(self):
        self.assertIsNone(layers.wrong_include("store", '#include "orchestrator/core/saga.h"'))
        self.assertIsNone(layers.wrong_include("store", '#include "store/sql.h"'))
        self.assertIsNone(layers.wrong_include("admin", '#include "saga/v1/saga.pb.h"'))

    def test_a_folder_belongs_to_the_nearest_layer(self):
        self.assertEqual(layers.layer_of("participants/demo/shop"), "participants/demo")
        self.assertIsNone(layers.layer_of("saga/v1"))


class LengthsTest(unittest.TestCase):
    def test_long_function_is_measured_from_its_head_to_its_end(self):
        body = "  Do();\n" * 80
        text = f"namespace a {{\n\nint Long(int a,\n         int b) {{\n{body}}}\n\nvoid Short() {{}}\n}}\n"
        self.assertEqual(lengths.function_lengths(text), [(3, 83), (87, 1)])

    def test_classes_and_namespaces_are_no_functions(self):
        self.assertEqual(lengths.function_lengths("class A {\n  int x_;\n};\nenum class B { kOne };\n"), [])

    def test_blocks_inside_a_function_belong_to_it(self):
        text = "void F() {\n  if (x) {\n    y();\n  }\n}\n"
        self.assertEqual(lengths.function_lengths(text), [(1, 5)])


class BannedTest(unittest.TestCase):
    def finds(self, line):
        return any(pattern.search(blank_out(line)) for pattern, _, _ in banned.IN_CODE)

    def test_sleeps_are_found_in_code_only(self):
        self.assertTrue(self.finds("std::this_thread::sleep_for(x);"))
        self.assertFalse(self.finds("// no sleep_for here"))
        self.assertFalse(self.finds('Say("sleep_for");'))


class BlankOutTest(unittest.TestCase):
    def test_braces_in_literals_and_comments_are_gone(self):
        text = 'a("{", \'{\', R"(\n{)"); // {\n/* { */ b'
        self.assertNotIn("{", blank_out(text))
        self.assertEqual(blank_out(text).count("\n"), text.count("\n"))
        self.assertTrue(blank_out(text).endswith("b"))

    def test_digit_separators_are_no_literals(self):
        self.assertEqual(blank_out("x = 10'000; {"), "x = 10'000; {")


if __name__ == "__main__":
    unittest.main()
