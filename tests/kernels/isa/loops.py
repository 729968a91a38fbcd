# SPDX-License-Identifier: Apache-2.0
"""Innermost loops in assembly text, and how much of them multiplies and adds."""


def loops(lines, label_of, targets_of):
    """The spans [first, last] of lines that end in a jump back to their first line.

    label_of(line) is the label that a line sets, targets_of(line) the labels that it may jump to.
    """
    labels = {label_of(line): at for at, line in enumerate(lines) if label_of(line)}
    return {(labels[target], at) for at, line in enumerate(lines) for target in targets_of(line)
            if labels.get(target, at + 1) <= at}


def innermost(spans):
    return [span for span in spans
            if not any(other != span and span[0] <= other[0] and other[1] <= span[1]
                       for other in spans)]


def stretches(lines, spans, label_of, targets_of):
    """The spans without a jump or a label within any of `spans`."""
    found, first = [], None
    for at, line in enumerate(lines):
        edge = label_of(line) or targets_of(line)
        if not edge and first is None and any(span[0] <= at <= span[1] for span in spans):
            first = at
        elif edge and first is not None:
            found.append((first, at - 1))
            first = None
    return found


def multiply_add_share(lines, label_of, targets_of, is_instruction, multiply_adds):
    """Of the innermost loop that multiplies and adds most; None where none does.

    Most is counted times the share, or the long way to a tanh outweighs the sums before it. An inner
    loop that was unrolled whole is a stretch without a jump in the next outer one.
    multiply_adds(line) is how many the line does: a packed instruction counts as its parts.
    """
    spans = loops(lines, label_of, targets_of)
    most, share = 0, None
    for first, last in innermost(spans) + stretches(lines, spans, label_of, targets_of):
        body = [line for line in lines[first:last + 1] if is_instruction(line)]
        found = [int(multiply_adds(line) or 0) for line in body]
        if not sum(found):
            continue
        here = sum(found) / sum(max(1, count) for count in found)
        if sum(found) * here > most:
            most, share = sum(found) * here, here
    return share
