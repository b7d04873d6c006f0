"""Signatures as they are written in the source: `customer: PartnerId`, not what the alias stands for."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import attrs


def parameters(function: Callable[..., Any], *, skip: int = 0) -> str:
    """The parameters of a function without the first `skip`, in brackets."""
    arguments = _tree(function).args
    places = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(places) - len(arguments.defaults)) + list(arguments.defaults)
    parts = [_parameter(*each) for each in zip(places, defaults, strict=True)][skip:]
    if arguments.vararg:
        parts.append("*" + _parameter(arguments.vararg, None))
    elif arguments.kwonlyargs:
        parts.append("*")
    parts += [_parameter(*each) for each in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        parts.append("**" + _parameter(arguments.kwarg, None))
    return f"({', '.join(parts)})"


def result(function: Callable[..., Any]) -> str:
    """The annotation of what a function returns; empty if there is none."""
    returns = _tree(function.__code__).returns  # of a wrapper its own, although its parameters are those it wraps
    return ast.unparse(returns).strip("'\"") if returns else ""


def fields(cls: type[Any]) -> Iterator[tuple[str, str, str]]:
    """Name, annotation and default of every field of an attrs class; the default is empty where there is none."""
    for field in attrs.fields(cls):
        if field.init:
            annotation, default = next(found for base in cls.__mro__ if (found := _annotated(base).get(field.name)))
            yield field.alias or field.name, annotation, default


def constructor(cls: type[Any]) -> str | None:
    """The brackets of a class: the fields of an attrs class, else the parameters of its own `__init__`."""
    own = cls.__dict__.get("__init__")
    if attrs.has(cls) and not (inspect.isfunction(own) and "__attrs_init__" in cls.__dict__):
        by_name = all(each.kw_only for each in attrs.fields(cls))
        parts = [f"{name}: {kind}" + (f" = {default}" if default else "") for name, kind, default in fields(cls)]
        return f"({', '.join(['*'] * (by_name and bool(parts)) + parts)})"
    if inspect.isfunction(own) and own.__module__.startswith("tradecore"):
        return parameters(own, skip=1)
    return None


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    text = argument.arg
    if argument.annotation is not None:
        text += f": {ast.unparse(argument.annotation)}"
    return text if default is None else f"{text} = {ast.unparse(default)}"


@cache
def _tree(function: Any) -> ast.FunctionDef | ast.AsyncFunctionDef:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    return tree


@cache
def _annotated(cls: type[Any]) -> dict[str, tuple[str, str]]:
    """Annotation and default of what a class itself annotates."""
    if not cls.__module__.startswith("tradecore"):
        return {}
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        node.target.id: (ast.unparse(node.annotation), _default(node.value))
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _default(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("attrs.field", "field"):
        given = {each.arg: each.value for each in value.keywords}
        factory = given.get("factory")
        return ast.unparse(given["default"]) if "default" in given else f"{ast.unparse(factory)}()" if factory else ""
    return ast.unparse(value) if value else ""
