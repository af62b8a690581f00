"""Addresses of the portal of agencies."""

from django.urls import path

from sourcing.agencies import views

app_name = "agency"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("terms/", views.terms_page, name="terms"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("people/", views.submissions, name="submissions"),
    path("people/<int:pk>/", views.submission, name="submission"),
    path("people/<int:pk>/disagree/", views.dispute, name="dispute"),
]
