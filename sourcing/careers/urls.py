"""Addresses of the career site."""

from django.urls import path

from sourcing.careers import views

app_name = "careers"
urlpatterns = [
    path("", views.home, name="home"),
    path("jobs/<slug:slug>/", views.posting, name="posting"),
    path("jobs/<slug:slug>/apply/", views.apply, name="apply"),
    path("sent/<str:token>/", views.sent, name="sent"),
]
