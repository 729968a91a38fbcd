# SPDX-License-Identifier: Apache-2.0
"""The bounds of expectations.txt: which rows of the table they are for, and which rows break them."""
import collections
import fnmatch

Rule = collections.namedtuple("Rule", "kernel target precision quantity relation bound")

QUANTITIES = {"spill_bytes": ("spilled or stacked bytes", "<="),
              "multiply_add_share": ("share of multiply-adds in the inner loop", ">=")}


def read_expectations(path):
    """(rules, names of the .cl files that no provider needs to build)."""
    rules, not_built = [], set()
    with open(path) as file:
        for number, line in enumerate(file, 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            if words[0] == "not_built" and len(words) == 2:
                not_built.add(words[1])
                continue
            if len(words) != 6 or QUANTITIES.get(words[3], ("", ""))[1] != words[4]:
                raise SystemExit("%s:%d: not KERNEL TARGET PRECISION QUANTITY RELATION BOUND" %
                                 (path, number))
            rules.append(Rule(*words[:5], float(words[5])))
    return rules, not_built


def bound_of(rules, program, row, quantity):
    """The last rule that matches holds, as the more particular ones stand below."""
    bound = None
    for rule in rules:
        if rule.quantity == quantity and fnmatch.fnmatch(row.kernel, rule.kernel) \
                and fnmatch.fnmatch(row.target, rule.target) \
                and fnmatch.fnmatch(program.precision, rule.precision):
            bound = rule.bound
    return bound


def broken(rules, program, row):
    """A sentence for each expectation that the row does not meet; a missing value meets none."""
    found = {"spill_bytes": row.spill_bytes, "multiply_add_share": row.share}
    for quantity, (name, relation) in QUANTITIES.items():
        bound = bound_of(rules, program, row, quantity)
        value = found[quantity]
        if bound is None:
            continue
        if value is None or (value > bound if relation == "<=" else value < bound):
            yield "%s on %s, %s: %s is %s, expected %s %g (%s)" % (
                row.kernel, row.target, program.workload, name,
                "unknown" if value is None else "%.3g" % value, relation, bound, program.options)
